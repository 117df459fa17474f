import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { toneOf } from '@/components/change'
import { Flashing } from '@/components/flashing'
import { formatExact, formatMoney, formatSigned, formatStep } from '@/format/numbers'
import { formatWeight, type Summary } from '@/pages/portfolio/summary'
import type { Position } from '@/trading/valuation'
import { type Decimal, toText } from '@/wire/decimal'

/** A line of the table: a holding with its share of the account, and the step of its price. */
export interface PositionRow extends Position {
  /** In hundredths of a per cent of the total. */
  readonly weight: number
  readonly step: Decimal
}

export interface PositionColumn {
  readonly id: string
  readonly head: string
  /** What it is sorted by. */
  readonly key: (row: PositionRow) => string | bigint | number
  readonly cell: (row: PositionRow) => ReactNode
  /** In the line of sums. */
  readonly sum?: (summary: Summary, weight: number) => ReactNode
}

const signed = (value: Decimal) => <span className={toneOf(value)}>{formatSigned(value)}</span>

/** The first is the market; the others are figures. */
export const POSITION_COLUMNS: readonly PositionColumn[] = [
  {
    id: 'market',
    head: 'Market',
    key: (row) => row.ticker,
    cell: (row) => (
      <Link href={`/trade/${encodeURIComponent(row.ticker)}`} className="font-semibold hover:underline">
        {row.ticker}
      </Link>
    ),
    sum: () => 'Total',
  },
  { id: 'quantity', head: 'Quantity', key: (row) => row.quantity, cell: (row) => formatExact(row.quantity) },
  { id: 'free', head: 'Free', key: (row) => row.free, cell: (row) => formatExact(row.free) },
  { id: 'locked', head: 'Locked', key: (row) => row.locked, cell: (row) => formatExact(row.locked) },
  {
    id: 'cost',
    head: 'Average cost',
    key: (row) => row.averageCost ?? -1n,
    cell: (row) =>
      row.averageCost === null ? (
        '–'
      ) : (
        <span title={toText(row.averageCost)}>{formatStep(row.averageCost, row.step)}</span>
      ),
  },
  {
    id: 'last',
    head: 'Last',
    key: (row) => row.last,
    cell: (row) => <Flashing value={row.last} format={(value) => formatStep(value, row.step)} />,
  },
  {
    id: 'value',
    head: 'Value',
    key: (row) => row.value,
    cell: (row) => formatMoney(row.value),
    sum: (summary) => formatMoney(summary.holdings),
  },
  {
    id: 'weight',
    head: 'Weight',
    key: (row) => row.weight,
    cell: (row) => formatWeight(row.weight),
    sum: (_, weight) => formatWeight(weight),
  },
  {
    id: 'unrealised',
    head: 'Unrealised',
    key: (row) => row.unrealised,
    cell: (row) => signed(row.unrealised),
    sum: (summary) => signed(summary.unrealised),
  },
  {
    id: 'realised',
    head: 'Realised',
    key: (row) => row.realised,
    cell: (row) => signed(row.realised),
    sum: (summary) => signed(summary.realised),
  },
  {
    id: 'fees',
    head: 'Fees',
    key: (row) => row.fees,
    cell: (row) => formatMoney(row.fees),
    sum: (summary) => formatMoney(summary.fees),
  },
  {
    id: 'profit',
    head: 'Total P&L',
    key: (row) => row.profit,
    cell: (row) => <span className="font-medium">{signed(row.profit)}</span>,
    sum: (summary) => signed(summary.profit),
  },
]
