import { clsx } from 'clsx'
import { formatExact, formatMoney, formatPercent, formatStep } from '@/format/numbers'
import type { Reach } from '@/pages/trade/depth/depth'
import { type Decimal, decimalOf, isMultiple, toNumber } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

export interface ReadoutProps {
  readonly side: Side
  readonly price: Decimal
  readonly reach: Reach
  readonly middle: Decimal
  readonly step: Decimal
}

const CENT = decimalOf('0.01')

/** Money with two places, and with more where it has them. */
const exactMoney = (value: Decimal): string =>
  isMultiple(value, CENT) ? formatMoney(value) : formatExact(value)

/** How far a price is from the middle. */
const distance = (price: Decimal, middle: Decimal): string =>
  middle === 0n ? '–' : formatPercent((toNumber(price) - toNumber(middle)) / toNumber(middle))

/** The same in words, for who does not see it. */
export function readoutWords({ side, price, reach, step }: ReadoutProps): string {
  const [who, money] = side === 'buy' ? ['bids', 'bring'] : ['asks', 'cost']
  return `${who} to ${formatStep(price, step)}: ${formatExact(reach.quantity)}, ${money} ${exactMoney(reach.cost)}`
}

/** What can be traded up to the price that is pointed at. */
export function Readout({ side, price, reach, middle, step }: ReadoutProps) {
  const rows: [string, string][] = [
    ['Total', formatExact(reach.quantity)],
    [side === 'buy' ? 'Brings' : 'Costs', exactMoney(reach.cost)],
    ['Average', reach.averagePrice === null ? '–' : formatStep(reach.averagePrice, step)],
  ]
  return (
    <div className="w-40 max-w-[48%] rounded-md border border-line bg-raised/95 px-2 py-1.5 text-2xs shadow-sm">
      <div
        className={clsx(
          'tabular mb-0.5 flex justify-between gap-2 font-medium',
          side === 'buy' ? 'text-up' : 'text-down',
        )}
      >
        <span>
          {side === 'buy' ? '≥' : '≤'} {formatStep(price, step)}
        </span>
        <span>{distance(price, middle)}</span>
      </div>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name} className="flex justify-between gap-2">
            <dt className="text-faint">{name}</dt>
            <dd className="tabular truncate">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
