import { clsx } from 'clsx'
import { Link } from 'wouter'
import { formatLatency } from '@/format/numbers'
import { useNow } from '@/hooks/use-now'
import { connection, useStream } from '@/stream/store'

const WORDS = { connecting: 'Connecting', open: 'Live', lost: 'Reconnecting' } as const

/** Whether the page is connected, and how long the way to the venue and back is. */
export function ConnectionChip() {
  const link = useStream((state) => state.link)
  const stale = useStream((state) =>
    [...state.channels.values()].some(
      (channel) => channel.standing === 'stale' || channel.standing === 'gap',
    ),
  )
  useNow(1_000)
  const ping = connection.latencies.ping
  const good = link === 'open' && !stale
  const words = link === 'open' && stale ? 'Catching up' : WORDS[link]
  return (
    <Link
      href="/status"
      aria-label={`Connection: ${words}`}
      title="Connection: to and back from the venue"
      className="flex h-7 items-center gap-1.5 rounded-full border border-line px-2.5 text-muted text-xs hover:bg-hover"
    >
      <span className={clsx('size-1.5 rounded-full', good ? 'bg-up' : 'animate-breathe bg-warn')} />
      {good && ping ? (
        <span className="tabular min-w-11 text-right">{formatLatency(ping.round_ms)}</span>
      ) : (
        <span>{words}</span>
      )}
    </Link>
  )
}
