import { createPortal } from 'react-dom'
import { formatExact, formatMoney, formatStep } from '@/format/numbers'
import type { BookRow } from '@/trading/grouping'
import { type Decimal, divide, placesOf } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

const WIDTH = 176
const HEIGHT = 92
const GAP = 8

/** Where a row of the book is in the window. */
export interface Spot {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly height: number
}

interface Props {
  side: Side
  row: BookRow
  step: Decimal
  spot: Spot
}

/** What it would take to trade down to a row: how much, at what price on average, for how much money. */
export function Hint({ side, row, step, spot }: Props) {
  const average = divide(row.cost, row.total)
  // Two more places than a price has: an average falls between steps.
  const finer = 10n ** BigInt(18 - Math.min(18, placesOf(step) + 2))
  const left =
    spot.left > WIDTH + GAP ? spot.left - WIDTH - GAP : Math.min(spot.right + GAP, innerWidth - WIDTH - GAP)
  const top = Math.max(GAP, Math.min(spot.top + spot.height / 2 - HEIGHT / 2, innerHeight - HEIGHT - GAP))
  const lines = [
    [`${side === 'buy' ? 'Bids' : 'Asks'} to`, formatStep(row.price, step)],
    ['Size', formatExact(row.total)],
    ['Average', formatStep(average, finer as Decimal)],
    [side === 'buy' ? 'Worth' : 'Cost', formatMoney(row.cost)],
  ] as const
  return createPortal(
    <div
      role="tooltip"
      id="book-hint"
      style={{ left, top, width: WIDTH }}
      className="tabular pointer-events-none fixed z-40 animate-appear rounded-lg border border-line bg-raised px-3 py-2 text-xs shadow-float"
    >
      {lines.map(([name, value]) => (
        <div key={name} className="flex justify-between gap-3 leading-[1.125rem]">
          <span className="text-faint">{name}</span>
          <span className="truncate">{value}</span>
        </div>
      ))}
    </div>,
    document.body,
  )
}
