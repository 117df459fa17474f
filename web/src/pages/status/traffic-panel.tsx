import { clsx } from 'clsx'
import { Panel } from '@/components/panel'
import { Sparkline } from '@/components/sparkline'
import { useNow } from '@/hooks/use-now'
import { useSamples } from '@/pages/status/store'
import type { Counts } from '@/stream/state'
import { connection } from '@/stream/store'

interface Counter {
  readonly name: keyof Counts
  readonly label: string
  readonly note: string
  /** Whether anything but zero deserves a look. */
  readonly suspicious?: boolean
}

const COUNTERS: readonly Counter[] = [
  { name: 'messages', label: 'Messages', note: 'All that came since the page was opened.' },
  { name: 'snapshots', label: 'Snapshots', note: 'Whole states, with which a channel begins.' },
  { name: 'reconnects', label: 'Reconnects', note: 'Connections after the first.', suspicious: true },
  {
    name: 'gaps',
    label: 'Gaps',
    note: 'Messages were missing, and a snapshot was asked for.',
    suspicious: true,
  },
  { name: 'duplicates', label: 'Duplicates', note: 'Came twice, and were dropped.', suspicious: true },
  { name: 'unreadable', label: 'Unreadable', note: 'Were not as the venue promises.', suspicious: true },
]

/** How much comes over the connection, and what went wrong on it. */
export function TrafficPanel() {
  const rates = useSamples((samples) => samples.rates)
  useNow(500)
  const { counts } = connection.state
  const rate = rates.at(-1)
  return (
    <Panel title="Messages" bodyClassName="flex flex-col gap-3 p-4">
      <div className="flex items-end gap-4">
        <div className="shrink-0">
          <div className="eyebrow">A second</div>
          <div className="tabular min-w-14 font-medium text-base">
            {rate === undefined ? '–' : rate.toFixed(rate < 10 ? 1 : 0)}
          </div>
        </div>
        <div className="h-10 min-w-0 flex-1">
          <Sparkline
            values={rates}
            width={300}
            height={40}
            label="Messages a second over the last two minutes"
          />
        </div>
      </div>
      <dl>
        {COUNTERS.map(({ name, label, note, suspicious }) => (
          <div key={name} className="flex items-baseline gap-3 border-line border-t py-1.5 text-xs">
            <dt className="w-24 shrink-0">{label}</dt>
            <dd className="min-w-0 flex-1 text-faint">{note}</dd>
            <dd className={clsx('tabular font-medium', suspicious && counts[name] > 0 && 'text-warn')}>
              {counts[name].toLocaleString('en-GB')}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
