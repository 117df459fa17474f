import { clsx } from 'clsx'
import { type KeyboardEvent, type SyntheticEvent, useMemo, useRef, useState } from 'react'
import { announce } from '@/components/announcer'
import { formatStep } from '@/format/numbers'
import { useSize } from '@/hooks/use-size'
import { Hint, type Spot } from '@/pages/trade/book/hint'
import { ROW_HEIGHT } from '@/pages/trade/book/level-row'
import { MIDDLE_HEIGHT, MiddleRow } from '@/pages/trade/book/middle-row'
import { useBookSettings } from '@/pages/trade/book/settings'
import { SideRows } from '@/pages/trade/book/side-rows'
import type { Book } from '@/stream/book'
import { useStream } from '@/stream/store'
import { type BookRow, bookRows, sumOf } from '@/trading/grouping'
import { IMBALANCE_HEIGHT, Imbalance } from '@/trading/imbalance'
import { ownRows } from '@/trading/own-rows'
import { pickPrice } from '@/trading/ticket'
import { add, type Decimal, larger, toNumber, ZERO } from '@/wire/decimal'
import type { Side, Ticker } from '@/wire/reading'

interface Props {
  ticker: Ticker
  book: Book
  step: Decimal
  size: Decimal
}

interface Pointed {
  readonly side: Side
  readonly place: number
  readonly spot: Spot
}

const NO_ROWS: readonly BookRow[] = []

/** The row that an event happened in. */
function rowIn(event: SyntheticEvent): { button: HTMLButtonElement; side: Side; place: number } | null {
  const button =
    event.target instanceof Element ? event.target.closest<HTMLButtonElement>('[data-place]') : null
  if (!button) return null
  return { button, side: button.dataset.side === 'buy' ? 'buy' : 'sell', place: Number(button.dataset.place) }
}

/** As many levels of both sides as there is room for. */
export function Levels({ ticker, book, step, size }: Props) {
  const [measure, { height }] = useSize<HTMLDivElement>()
  const sides = useBookSettings((state) => state.sides)
  const bars = useBookSettings((state) => state.bars)
  const open = useStream((state) => state.own.open)
  const [pointed, setPointed] = useState<Pointed | null>(null)
  const [tabbed, setTabbed] = useState<{ side: Side; place: number } | null>(null)
  const rowsBox = useRef<HTMLDivElement>(null)

  const room = Math.max(0, Math.floor((height - MIDDLE_HEIGHT - IMBALANCE_HEIGHT) / ROW_HEIGHT))
  const each = sides === 'both' ? Math.floor(room / 2) : room
  const bids = useMemo(
    () => (sides === 'asks' ? NO_ROWS : bookRows(book.bids, 'buy', size, each)),
    [book.bids, size, each, sides],
  )
  const asks = useMemo(
    () => (sides === 'bids' ? NO_ROWS : bookRows(book.asks, 'sell', size, each)),
    [book.asks, size, each, sides],
  )
  const ownBids = useMemo(() => ownRows(open, ticker, 'buy', size), [open, ticker, size])
  const ownAsks = useMemo(() => ownRows(open, ticker, 'sell', size), [open, ticker, size])
  const share = useMemo(() => {
    const bid = sumOf(book.bids)
    const all = add(bid, sumOf(book.asks))
    return all === 0n ? null : Math.round((toNumber(bid) / toNumber(all)) * 100)
  }, [book])

  const rowsOf = (side: Side) => (side === 'buy' ? bids : asks)
  const most = [...bids, ...asks].reduce(
    (so, row) => larger(so, bars === 'total' ? row.total : row.quantity),
    ZERO,
  )

  const point = (event: SyntheticEvent) => {
    const row = rowIn(event)
    if (!row) return setPointed(null)
    const { left, right, top, height: tall } = row.button.getBoundingClientRect()
    setPointed({ side: row.side, place: row.place, spot: { left, right, top, height: tall } })
  }
  const focus = (event: SyntheticEvent) => {
    const row = rowIn(event)
    if (!row) return
    setTabbed({ side: row.side, place: row.place })
    // A press of the mouse focuses too, but hovering has told already.
    if (row.button.matches(':focus-visible')) point(event)
  }
  const pick = (event: SyntheticEvent) => {
    const row = rowIn(event)
    const level = row && rowsOf(row.side)[row.place]
    if (!level) return
    pickPrice(ticker, level.price)
    announce(`Price ${formatStep(level.price, step)} is in the order`)
  }
  const move = (event: KeyboardEvent) => {
    const buttons = [...(rowsBox.current?.querySelectorAll<HTMLButtonElement>('[data-place]') ?? [])]
    const here = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const there = { ArrowUp: here - 1, ArrowDown: here + 1, Home: 0, End: buttons.length - 1 }[event.key]
    if (here < 0 || there === undefined) return
    event.preventDefault()
    buttons[Math.max(0, Math.min(buttons.length - 1, there))]?.focus()
  }

  const first = { side: asks.length > 0 ? 'sell' : 'buy', place: 0 } as const
  const stop = tabbed && tabbed.place < rowsOf(tabbed.side).length ? tabbed : first
  const of = (side: Side) => ({
    side,
    rows: rowsOf(side),
    own: side === 'buy' ? ownBids : ownAsks,
    step,
    bars,
    most,
    reached: pointed?.side === side ? pointed.place : -1,
    tabbed: stop.side === side ? stop.place : -1,
  })
  const row = pointed && rowsOf(pointed.side)[pointed.place]

  return (
    <div ref={measure} className="min-h-0 flex-1">
      {/* The rows are buttons; their events are looked after here, once for all of them. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: what is pressed are the buttons in it */}
      <div
        ref={rowsBox}
        className="flex h-full flex-col"
        onMouseMove={point}
        onMouseLeave={() => setPointed(null)}
        onFocus={focus}
        onBlur={() => setPointed(null)}
        onClick={pick}
        onKeyDown={move}
      >
        {sides !== 'bids' && (
          <div
            className={clsx(
              'flex min-h-0 flex-col justify-end overflow-hidden',
              sides === 'both' ? 'flex-1' : 'grow',
            )}
          >
            <SideRows {...of('sell')} />
          </div>
        )}
        <MiddleRow
          ticker={ticker}
          step={step}
          bid={book.bids[0]?.price ?? null}
          ask={book.asks[0]?.price ?? null}
        />
        {sides !== 'asks' && (
          <div className="flex min-h-0 flex-1 flex-col overflow-hidden">
            <SideRows {...of('buy')} />
          </div>
        )}
        <Imbalance bids={share} />
      </div>
      {pointed && row && <Hint side={pointed.side} row={row} step={step} spot={pointed.spot} />}
    </div>
  )
}
