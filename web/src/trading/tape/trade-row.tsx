import { clsx } from 'clsx'
import { ArrowDown, ArrowUp, Gavel } from 'lucide-react'
import { memo } from 'react'
import { formatExact, formatStep } from '@/format/numbers'
import { formatClock, formatClockMs, formatDay } from '@/format/times'
import type { Print } from '@/trading/tape/sizes'
import type { Decimal } from '@/wire/decimal'

export const ROW_HEIGHT = 20
export const GRID = 'grid grid-cols-[1fr_1fr_1fr] items-center gap-2 px-2.5'

const LOOK = {
  buy: { words: 'Buyer came', tone: 'text-up', Icon: ArrowUp },
  sell: { words: 'Seller came', tone: 'text-down', Icon: ArrowDown },
  auction: { words: 'Auction', tone: 'text-muted', Icon: Gavel },
} as const

/** How times are written: where the reader is, or wherever the market's clock is. */
export interface Clock {
  readonly short: (ms: number) => string
  readonly full: (ms: number) => string
}

export const LOCAL_CLOCK: Clock = {
  short: formatClock,
  full: (ms) => `${formatDay(ms)} ${formatClockMs(ms)}`,
}

interface Props {
  trade: Print
  step: Decimal
  /** What one did oneself in it. */
  own: 'bought' | 'sold' | null
  /** From 0 to 100; none behind a usual size. */
  bar: number
  top: number
  place: number
  clock: Clock
  sizeWords: (size: Decimal) => string
}

/** A trade: its price in the colour of who came to the market. */
export const TradeRow = memo(function TradeRow({
  trade,
  step,
  own,
  bar,
  top,
  place,
  clock,
  sizeWords,
}: Props) {
  const { words, tone, Icon } = LOOK[trade.side]
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      style={{ height: ROW_HEIGHT, transform: `translateY(${top}px)` }}
      className={clsx(
        GRID,
        'tabular absolute inset-x-0 top-0 text-right text-xs hover:bg-hover',
        own && 'bg-accent-soft',
      )}
    >
      <span role="cell" className={clsx('flex items-center gap-1', tone)} title={words}>
        <Icon size={11} strokeWidth={2.5} className="shrink-0" aria-label={words} />
        {formatStep(trade.price, step)}
      </span>
      <span role="cell" className="relative" title={formatExact(trade.quantity)}>
        {bar > 0 && (
          <span
            aria-hidden
            style={{ transform: `scaleX(${bar / 100})` }}
            className={clsx(
              'absolute -inset-x-1 inset-y-0.5 origin-right rounded-sm',
              trade.side === 'sell' ? 'bg-down-soft' : 'bg-up-soft',
            )}
          />
        )}
        <span className={clsx('relative', bar > 0 && 'font-semibold')}>{sizeWords(trade.quantity)}</span>
      </span>
      <span
        role="cell"
        className="flex items-center justify-end gap-1.5 text-muted"
        title={clock.full(trade.timestamp)}
      >
        {own && (
          <span className="whitespace-nowrap font-medium text-2xs text-accent" title={`You ${own}`}>
            You<span className="sr-only"> {own}</span>
          </span>
        )}
        <time dateTime={new Date(trade.timestamp).toISOString()}>{clock.short(trade.timestamp)}</time>
      </span>
    </div>
  )
})
