import { useMemo } from 'react'
import { Link } from 'wouter'
import { Badge } from '@/components/badge'
import { Change } from '@/components/change'
import { type Column, DataTable } from '@/components/data-table'
import { Flashing } from '@/components/flashing'
import { Sparkline } from '@/components/sparkline'
import { Empty } from '@/components/states'
import { formatShort, formatStep } from '@/format/numbers'
import { phaseWord } from '@/format/words'
import { useInstruments } from '@/hooks/use-instruments'
import { RangeBar } from '@/pages/markets/range-bar'
import { sparkSpan } from '@/pages/markets/spark'
import { useSpark } from '@/pages/markets/use-spark'
import { useStream } from '@/stream/store'
import { placeInRange, priceStepOf, spreadOf } from '@/trading/glance'
import { type Decimal, toNumber } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Glance } from '@/wire/views'

const ROW_HEIGHT = 40
const HEAD_HEIGHT = 30

interface Row {
  readonly ticker: Ticker
  readonly name: string
  readonly glance: Glance
  readonly step: Decimal
}

const priceOf = (row: Row, value: Decimal | null) => (value === null ? '–' : formatStep(value, row.step))

function Trend({ ticker, glance }: Row) {
  const spark = useSpark(ticker, glance.current_price)
  const tone = glance.change_24h < 0 ? 'down' : glance.change_24h > 0 ? 'up' : 'accent'
  return (
    <div className="h-6">
      {spark && <Sparkline values={spark.values} tone={tone} label={`The last ${sparkSpan(spark)}`} />}
    </div>
  )
}

const right = { align: 'right' } as const

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'market',
    header: 'Market',
    accessorFn: (row) => row.ticker,
    look: { width: 170, grow: 2 },
    cell: ({ row: { original } }) => (
      <span className="flex items-center gap-2">
        <Link
          href={`/trade/${encodeURIComponent(original.ticker)}`}
          className="font-semibold after:absolute after:inset-0"
        >
          {original.ticker}
        </Link>
        <bdi className="truncate text-faint text-xs">{original.name}</bdi>
        {original.glance.phase !== 'continuous' && (
          <Badge tone="warn">{phaseWord(original.glance.phase)}</Badge>
        )}
      </span>
    ),
  },
  {
    id: 'last',
    header: 'Last',
    accessorFn: (row) => row.glance.current_price,
    look: { width: 96, ...right },
    cell: ({ row: { original } }) => (
      <Flashing
        value={original.glance.current_price}
        format={(value) => formatStep(value, original.step)}
        className="font-medium"
      />
    ),
  },
  {
    id: 'change',
    header: '24 h change',
    accessorFn: (row) => row.glance.change_24h,
    look: { width: 96, ...right },
    cell: ({ row: { original } }) => <Change part={original.glance.change_24h} />,
  },
  {
    id: 'trend',
    header: 'Trend',
    enableSorting: false,
    look: { width: 120, grow: 1.5 },
    cell: ({ row: { original } }) => <Trend {...original} />,
  },
  {
    id: 'bid',
    header: 'Bid',
    accessorFn: (row) => row.glance.best_bid ?? undefined,
    look: { width: 90, ...right },
    cell: ({ row: { original } }) => priceOf(original, original.glance.best_bid),
  },
  {
    id: 'ask',
    header: 'Ask',
    accessorFn: (row) => row.glance.best_ask ?? undefined,
    look: { width: 90, ...right },
    cell: ({ row: { original } }) => priceOf(original, original.glance.best_ask),
  },
  {
    id: 'spread',
    header: 'Spread',
    accessorFn: (row) => spreadOf(row.glance) ?? undefined,
    look: { width: 76, ...right },
    cell: ({ row: { original } }) => priceOf(original, spreadOf(original.glance)),
  },
  {
    id: 'range',
    header: '24 h range',
    accessorFn: (row) => placeInRange(row.glance) ?? undefined,
    look: { width: 210, grow: 1.5 },
    cell: ({ row: { original } }) => (
      <RangeBar
        place={placeInRange(original.glance)}
        low={priceOf(original, original.glance.low_24h)}
        high={priceOf(original, original.glance.high_24h)}
      />
    ),
  },
  {
    id: 'volume',
    header: '24 h volume',
    accessorFn: (row) => row.glance.volume_24h,
    look: { width: 100, ...right },
    cell: ({ row: { original } }) => formatShort(toNumber(original.glance.volume_24h)),
  },
]

/** The markets as a dense table that sorts; a whole line is a link to where it is traded. */
export function MarketTable({ tickers }: { tickers: readonly Ticker[] }) {
  const prices = useStream((state) => state.prices)
  const { data } = useInstruments()
  const rows = useMemo(
    () =>
      tickers.flatMap((ticker): Row[] => {
        const glance = prices.get(ticker)
        const listed = data?.instruments.find((instrument) => instrument.ticker === ticker) ?? null
        return glance ? [{ ticker, name: listed?.name ?? '', glance, step: priceStepOf(glance, listed) }] : []
      }),
    [tickers, prices, data],
  )
  return (
    <div
      className="max-h-[75dvh] overflow-hidden rounded-lg border border-line bg-panel"
      // Room for a scrollbar below the last row, where the page is narrow.
      style={{ height: HEAD_HEIGHT + Math.max(4, rows.length) * ROW_HEIGHT + 12 }}
    >
      <DataTable
        label="Markets"
        columns={COLUMNS}
        rows={rows}
        rowKey={(row) => row.ticker}
        rowHeight={ROW_HEIGHT}
        empty={<Empty title="No market is called that" />}
      />
    </div>
  )
}
