import { useVirtualizer } from '@tanstack/react-virtual'
import { clsx } from 'clsx'
import { ArrowUp } from 'lucide-react'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { shortQuantity } from '@/format/numbers'
import { barOfSize, newSince, type Print, scaleOf } from '@/trading/tape/sizes'
import { type Clock, GRID, LOCAL_CLOCK, ROW_HEIGHT, TradeRow } from '@/trading/tape/trade-row'
import type { Decimal } from '@/wire/decimal'

interface Props<One extends Print> {
  label: string
  /** Newest first. */
  trades: readonly One[]
  step: Decimal
  /** What one did oneself in a trade; nobody is asked where it is left out. */
  ownOf?: (trade: One) => 'bought' | 'sold' | null
  clock?: Clock
  /** How sizes are written: with the places that they have, where nothing else is said. */
  sizeWords?: (size: Decimal) => string
}

/** Trades as they come. Whoever has scrolled down goes on seeing what he looks at. */
export function TradeList<One extends Print>({
  label,
  trades,
  step,
  ownOf,
  clock = LOCAL_CLOCK,
  sizeWords = shortQuantity,
}: Props<One>) {
  const scroller = useRef<HTMLDivElement>(null)
  const scale = useMemo(() => scaleOf(trades), [trades])
  const [unread, setUnread] = useState(0)
  const newest = useRef<bigint | null>(null)
  // As it was told: to ask for it here would have the page laid out at every trade.
  const scrolled = useRef(0)
  const virtual = useVirtualizer({
    count: trades.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
  })

  useLayoutEffect(() => {
    const added = newSince(trades, newest.current)
    newest.current = trades[0]?.trade_id ?? null
    const box = scroller.current
    if (!box || added === 0 || scrolled.current < ROW_HEIGHT) return
    box.scrollTop += added * ROW_HEIGHT
    setUnread((before) => Math.min(trades.length, before + added))
  }, [trades])

  const toTop = () => {
    scroller.current?.scrollTo({ top: 0 })
    scroller.current?.focus()
  }
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the arrow keys
        tabIndex={0}
        onScroll={({ currentTarget }) => {
          scrolled.current = currentTarget.scrollTop
          if (scrolled.current < ROW_HEIGHT) setUnread(0)
        }}
        className="h-full overflow-y-auto overflow-x-hidden focus-visible:outline-offset-[-2px] [overflow-anchor:none]"
      >
        <div role="table" aria-label={label} aria-rowcount={trades.length + 1}>
          <div role="rowgroup" className="sticky top-0 z-10 bg-panel">
            <div role="row" className={clsx(GRID, 'eyebrow h-6 text-right')}>
              <span role="columnheader" className="text-left">
                Price
              </span>
              <span role="columnheader">Size</span>
              <span role="columnheader">Time</span>
            </div>
          </div>
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const trade = trades[item.index]
              if (!trade) return null
              return (
                <TradeRow
                  key={item.key}
                  trade={trade}
                  step={step}
                  own={ownOf?.(trade) ?? null}
                  bar={barOfSize(trade.quantity, scale)}
                  top={item.start}
                  place={item.index}
                  clock={clock}
                  sizeWords={sizeWords}
                />
              )
            })}
          </div>
        </div>
      </div>
      {unread > 0 && (
        <button
          type="button"
          onClick={toTop}
          className="absolute top-8 left-1/2 flex -translate-x-1/2 animate-rise items-center gap-1 rounded-full bg-accent-fill px-2.5 py-0.5 font-medium text-on-fill text-xs shadow-float hover:brightness-110"
        >
          <ArrowUp size={12} aria-hidden />
          <span className="tabular">{unread} new</span>
        </button>
      )}
    </div>
  )
}
