import { useQuery } from '@tanstack/react-query'
import { Badge } from '@/components/badge'
import { Figure } from '@/components/figure'
import { Panel } from '@/components/panel'
import { Failed, SkeletonRows } from '@/components/states'
import { formatFull } from '@/format/times'
import { words } from '@/format/words'
import { AuditPanel } from '@/pages/admin/audit-panel'
import { type AdminStatus, getAdminStatus } from '@/wire/api'

const EVERY_MS = 2_000

const count = (value: number): string => value.toLocaleString('en-GB')

interface Shown {
  readonly label: string
  readonly note: string
  readonly of: (status: AdminStatus) => string
}

const FIGURES: readonly Shown[] = [
  { label: 'Sequence', note: 'The newest event.', of: (status) => count(status.sequence) },
  {
    label: 'Commands',
    note: 'Carried out since the venue started.',
    of: (status) => count(status.commands),
  },
  {
    label: 'Accepted',
    note: 'Orders that were taken, since the start.',
    of: (status) => count(status.accepted),
  },
  { label: 'Trades', note: 'Since the start, in all instruments.', of: (status) => count(status.trades) },
  { label: 'Open orders', note: 'That rest now.', of: (status) => count(status.open_orders) },
  {
    label: 'Waiting',
    note: 'Commands before the sequencer or the disk.',
    of: (status) => count(status.waiting),
  },
  { label: 'Connections', note: 'Open WebSockets.', of: (status) => count(status.connections) },
  {
    label: 'Keeper lag',
    note: 'Commands that the database is behind the journal.',
    of: (status) => (status.keeper_lag === null ? 'unknown' : count(status.keeper_lag)),
  },
]

/** How the venue is, every two seconds. */
export function Overview() {
  const { data, error, refetch, dataUpdatedAt } = useQuery({
    queryKey: ['admin', 'status'],
    queryFn: ({ signal }) => getAdminStatus(signal),
    refetchInterval: EVERY_MS,
    // The next look is soon enough, and until then nobody is told that all is well.
    retry: false,
  })
  return (
    <div className="flex flex-col gap-3">
      <Panel
        title="Venue"
        bodyClassName={data ? 'p-4' : ''}
        tools={data && <Badge tone={data.status === 'ready' ? 'up' : 'warn'}>{words(data.status)}</Badge>}
      >
        {data ? (
          <>
            {data.reason && (
              <p role="alert" className="mb-4 rounded-md bg-warn-soft px-3 py-2 text-warn text-xs">
                Orders are not taken: <bdi>{data.reason}</bdi>
              </p>
            )}
            <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
              {FIGURES.map(({ label, note, of }) => (
                <Figure key={label} label={label} note={note}>
                  {of(data)}
                </Figure>
              ))}
            </dl>
            {error && (
              <p role="alert" className="mt-3 text-warn text-xs">
                The venue does not answer at the moment; this is from {formatFull(dataUpdatedAt)}.
              </p>
            )}
          </>
        ) : error ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : (
          <SkeletonRows rows={4} />
        )}
      </Panel>
      <AuditPanel />
    </div>
  )
}
