/** The holdings as a table for a spreadsheet. */
import { type CsvColumn, csvOf } from '@/format/csv'
import type { Position } from '@/trading/valuation'
import { type Decimal, decimalOf, multiply } from '@/wire/decimal'

const HUNDREDTH: Decimal = decimalOf('0.01')

type Row = Position & { readonly weight: number }

const COLUMNS: readonly CsvColumn<Row>[] = [
  { title: 'market', text: (row) => row.ticker },
  { title: 'quantity', figure: (row) => row.quantity },
  { title: 'free', figure: (row) => row.free },
  { title: 'locked', figure: (row) => row.locked },
  { title: 'average_cost', figure: (row) => row.averageCost },
  { title: 'last', figure: (row) => row.last },
  { title: 'value', figure: (row) => row.value },
  { title: 'weight_percent', figure: (row) => multiply(decimalOf(row.weight), HUNDREDTH) },
  { title: 'unrealised', figure: (row) => row.unrealised },
  { title: 'realised', figure: (row) => row.realised },
  { title: 'fees', figure: (row) => row.fees },
  { title: 'total_pnl', figure: (row) => row.profit },
]

/** Every figure exactly, in the order of the rows; weights in per cent. */
export const holdingsCsv = (rows: readonly Row[]): string => csvOf(COLUMNS, rows)
