import { useQuery } from '@tanstack/react-query'
import { Badge } from '@/components/badge'
import { Figure } from '@/components/figure'
import { Panel } from '@/components/panel'
import { Failed, SkeletonRows } from '@/components/states'
import { formatFull, formatSpan } from '@/format/times'
import { words } from '@/format/words'
import { durabilitySaid } from '@/pages/status/words'
import { getHealth } from '@/wire/api'

const EVERY_MS = 5_000

/** What the venue says of itself. */
export function VenuePanel() {
  const { data, error, refetch, dataUpdatedAt } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => getHealth(signal),
    refetchInterval: EVERY_MS,
    // The next look is soon enough, and until then nobody is told that all is well.
    retry: false,
  })
  const durability = data && durabilitySaid(data.durability)
  return (
    <Panel
      title="Venue"
      bodyClassName={data ? 'p-4' : ''}
      tools={
        data &&
        (error ? (
          <Badge tone="warn">No answer</Badge>
        ) : (
          <Badge tone={data.status === 'ok' ? 'up' : 'warn'}>
            {data.status === 'ok' ? 'Healthy' : words(data.status)}
          </Badge>
        ))
      }
    >
      {data && durability ? (
        <>
          <dl className="grid grid-cols-2 gap-4">
            <Figure label="Up for" note={`Since ${formatFull(dataUpdatedAt - data.uptime_seconds * 1_000)}.`}>
              {formatSpan(data.uptime_seconds)}
            </Figure>
            <Figure label="Version" note="Of the venue's software.">
              <bdi>{data.version}</bdi>
            </Figure>
            <Figure label="Durability" note={durability.explained} className="col-span-2">
              {durability.word}
            </Figure>
          </dl>
          {error && (
            <p role="alert" className="mt-3 text-warn text-xs">
              The venue does not answer at the moment; this is what it said at {formatFull(dataUpdatedAt)}.
            </p>
          )}
        </>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows rows={4} />
      )}
    </Panel>
  )
}
