import { Download } from 'lucide-react'
import { useMemo, useState } from 'react'
import { IconButton } from '@/components/button'
import { toneOf } from '@/components/change'
import { Panel } from '@/components/panel'
import { Segmented } from '@/components/segmented'
import { Failed, Skeleton } from '@/components/states'
import { type CsvColumn, csvOf, saveCsv } from '@/format/csv'
import { formatMoney, formatPercent, formatSigned } from '@/format/numbers'
import { formatFull } from '@/format/times'
import { type GridPoint, gridOf, type Range, type Sample } from '@/pages/portfolio/equity'
import { useEquity } from '@/pages/portfolio/use-equity'
import { loadable } from '@/shell/loadable'
import { type Decimal, subtract, toNumber } from '@/wire/decimal'

const EquityChart = loadable(
  () => import('@/pages/portfolio/equity-chart'),
  <Skeleton className="m-3 h-full" />,
)

const CHOICES = [
  { value: '1h', label: '1\u00a0h' },
  { value: '1d', label: '1\u00a0d' },
  { value: '1w', label: '1\u00a0w' },
  { value: 'all', label: 'All' },
] as const

function changeOf(samples: readonly Sample[]): { difference: Decimal; part: number } | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last) return null
  const difference = subtract(last.total_value, first.total_value)
  const before = toNumber(first.total_value)
  return { difference, part: before > 0 ? toNumber(difference) / before : 0 }
}

const CSV: readonly CsvColumn<Sample>[] = [
  { title: 'time', text: (sample) => new Date(sample.timestamp).toISOString() },
  { title: 'total_value', figure: (sample) => sample.total_value },
]

const save = (samples: readonly Sample[]): void => saveCsv('crossbook-equity.csv', csvOf(CSV, samples))

/** What the account was worth over time, up to this moment. */
export function EquityPanel({ user, total }: { user: string; total: Decimal | null }) {
  const [range, setRange] = useState<Range>('1d')
  const [point, setPoint] = useState<GridPoint | null>(null)
  const { samples, error, isPending, retry } = useEquity(user, range, total)
  const points = useMemo(() => gridOf(samples), [samples])
  const change = changeOf(samples)
  const last = samples.at(-1)
  return (
    <Panel
      title="Equity"
      className="h-80 min-w-0 2xl:h-96"
      bodyClassName="relative overflow-hidden rounded-b-lg"
      tools={
        <>
          <Segmented label="Range" value={range} choices={CHOICES} onChange={setRange} />
          <IconButton
            size="sm"
            label="Save the curve as CSV"
            disabled={samples.length === 0}
            onClick={() => save(samples)}
          >
            <Download size={14} />
          </IconButton>
        </>
      }
    >
      {error ? (
        <Failed error={error} onRetry={retry} />
      ) : isPending || !last ? (
        <Skeleton className="absolute inset-3" />
      ) : (
        <div className="flex h-full flex-col">
          <p className="tabular flex min-h-7 flex-wrap items-baseline gap-x-3 px-3 pt-2 text-xs">
            {point?.value ? (
              <>
                <span className="font-medium">{formatMoney(point.value)}</span>
                <span className="text-faint">{formatFull(point.time * 1_000)}</span>
              </>
            ) : (
              change && (
                <>
                  <span className={`font-medium ${toneOf(change.difference)}`}>
                    {formatSigned(change.difference)} ({formatPercent(change.part)})
                  </span>
                  <span className="text-faint">since {formatFull(samples[0]?.timestamp ?? 0)}</span>
                </>
              )
            )}
          </p>
          <div className="min-h-0 flex-1">
            <EquityChart
              points={points}
              onPoint={setPoint}
              label={`Equity, from ${formatMoney(samples[0]?.total_value ?? last.total_value)} to ${formatMoney(last.total_value)}`}
            />
          </div>
        </div>
      )}
    </Panel>
  )
}
