/** The holdings as a table for a spreadsheet. */
import { type CsvValue, toCsv } from '@/pages/portfolio/csv'
import type { Position } from '@/pages/portfolio/summary'
import { type Decimal, decimalOf, multiply } from '@/wire/decimal'

const HEADS = [
  'market',
  'quantity',
  'free',
  'locked',
  'average_cost',
  'last',
  'value',
  'weight_percent',
  'unrealised',
  'realised',
  'fees',
  'total_pnl',
] as const

const HUNDREDTH: Decimal = decimalOf('0.01')

/** Every figure exactly, in the order of the rows; weights in per cent. */
export const holdingsCsv = (rows: readonly (Position & { readonly weight: number })[]): string =>
  toCsv(
    HEADS,
    rows.map((row): CsvValue[] => [
      row.ticker,
      row.quantity,
      row.free,
      row.locked,
      row.average_cost,
      row.last,
      row.value,
      multiply(decimalOf(row.weight), HUNDREDTH),
      row.unrealised,
      row.realised,
      row.fees,
      row.profit,
    ]),
  )
