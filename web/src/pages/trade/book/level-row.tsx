import { clsx } from 'clsx'
import { memo } from 'react'
import { Flashing } from '@/components/flashing'
import { formatExact, formatStep, shortQuantity } from '@/format/numbers'
import type { Decimal } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

export const ROW_HEIGHT = 20
interface Props {
  place: number
  side: Side
  price: Decimal
  quantity: Decimal
  total: Decimal
  /** What is one's own of it. */
  own: Decimal | null
  step: Decimal
  /** From 0 to 100. */
  bar: number
  /** Whether it lies between the best price and the row that is pointed at. */
  reached: boolean
  /** Whether Tab comes here. */
  tabbed: boolean
  /** Whether the hint tells of it. */
  pointed: boolean
}

export const GRID = 'grid grid-cols-[1fr_1fr_1fr] items-center gap-2 px-2.5'

/** A price of the book: a button that takes the price into the ticket. */
export const LevelRow = memo(function LevelRow({
  place,
  side,
  price,
  quantity,
  total,
  own,
  step,
  bar,
  reached,
  tabbed,
  pointed,
}: Props) {
  const bid = side === 'buy'
  const words = `${bid ? 'Bid' : 'Ask'} ${formatStep(price, step)}, size ${formatExact(quantity)}, total ${formatExact(total)}`
  return (
    <button
      type="button"
      data-place={place}
      data-side={side}
      tabIndex={tabbed ? 0 : -1}
      aria-label={own === null ? words : `${words}, your own ${formatExact(own)}`}
      aria-describedby={pointed ? 'book-hint' : undefined}
      style={{ height: ROW_HEIGHT }}
      className={clsx(
        GRID,
        'tabular relative w-full shrink-0 text-right text-xs hover:bg-hover focus-visible:outline-offset-[-2px]',
        reached && 'bg-hover',
      )}
    >
      <span
        aria-hidden
        className={clsx(
          'absolute inset-y-px right-0 left-0 origin-right',
          bid ? 'bg-up-soft' : 'bg-down-soft',
        )}
        style={{ transform: `scaleX(${bar / 100})` }}
      />
      <span className={clsx('relative text-left', bid ? 'text-up' : 'text-down')}>
        {own !== null && (
          <span
            aria-hidden
            className="absolute top-1/2 -left-2 size-1.5 -translate-y-1/2 rounded-full bg-accent"
          />
        )}
        {formatStep(price, step)}
      </span>
      <span className="relative flex min-w-0 items-center justify-end gap-1">
        {own !== null && (
          <span
            className="min-w-0 truncate rounded bg-accent-soft px-1 text-2xs text-accent leading-4"
            title={`Your own: ${formatExact(own)}`}
          >
            {shortQuantity(own)}
          </span>
        )}
        {/* Another price in this place is no change of size. */}
        <Flashing key={String(price)} value={quantity} format={shortQuantity} className="px-0.5" />
      </span>
      <span className="relative text-muted">{shortQuantity(total)}</span>
    </button>
  )
})
