import { formatShort } from '@/format/numbers'
import { formatBytes } from '@/lab/clock'
import { useSimulation } from '@/pages/lab/use-lab'

interface FigureProps {
  label: string
  value: string
  title: string
}

function BarFigure({ label, value, title }: FigureProps) {
  return (
    <div className="shrink-0 leading-tight" title={title}>
      <dt className="eyebrow leading-4">{label}</dt>
      <dd className="tabular min-w-10 text-xs">{value}</dd>
    </div>
  )
}

/** How the simulation does: work a second, trades, who listens, memory. */
export function Figures() {
  const simulation = useSimulation()
  if (!simulation) return null
  const { events, events_per_second, trades, steps, consumers, memory_bytes, seed } = simulation
  return (
    <dl className="flex min-w-0 items-center gap-4 overflow-hidden">
      <BarFigure
        label="Events/s"
        value={formatShort(events_per_second ?? 0)}
        title={`Events a second on the wall; ${(events ?? 0).toLocaleString('en')} so far in ${(steps ?? 0).toLocaleString('en')} steps`}
      />
      <BarFigure
        label="Trades"
        value={formatShort(trades ?? 0)}
        title={`${(trades ?? 0).toLocaleString('en')} trades so far`}
      />
      <BarFigure
        label="Consumers"
        value={String(consumers ?? 0)}
        title="Connections that follow the stream, this page among them"
      />
      {memory_bytes !== null && (
        <BarFigure label="Memory" value={formatBytes(memory_bytes)} title="Of the simulation's process" />
      )}
      {seed !== null && (
        <BarFigure label="Seed" value={String(seed)} title="The same seed makes the same run" />
      )}
    </dl>
  )
}
