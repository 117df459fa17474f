import { formatLatency } from '@/format/numbers'
import type { PingSample } from '@/pages/status/samples'

const WIDTH = 600
const HEIGHT = 96
/** As many as fit side by side: the newest stand at the right. */
const BARS = 60
const GAP = 2

/** The last pings as bars: the way in the accent's colour, the venue's share below it in grey. */
export function PingsChart({ pings }: { pings: readonly PingSample[] }) {
  const shown = pings.slice(-BARS)
  const slowest = Math.max(0, ...shown.map((ping) => ping.round_ms))
  // A quick link is not drawn as a wild one.
  const top = Math.max(1, slowest)
  const width = WIDTH / BARS
  const newest = shown.at(-1)
  if (!newest) {
    return (
      <p
        role="status"
        className="flex h-24 items-center justify-center rounded-md bg-well text-faint text-xs"
      >
        Waiting for the first ping: one is sent every five seconds.
      </p>
    )
  }
  return (
    <figure>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`The last ${shown.length} pings, the newest ${formatLatency(newest.round_ms)}, the slowest ${formatLatency(slowest)}`}
        className="block h-24 w-full"
      >
        <line
          x1="0"
          x2={WIDTH}
          y1={HEIGHT - 0.5}
          y2={HEIGHT - 0.5}
          className="stroke-line"
          vectorEffect="non-scaling-stroke"
        />
        {shown.map((ping, place) => {
          const x = (BARS - shown.length + place) * width + GAP / 2
          const round = Math.max(2, (ping.round_ms / top) * (HEIGHT - 4))
          const venue = Math.min(round, (ping.venue_ms / top) * (HEIGHT - 4))
          return (
            <g key={ping.at}>
              <title>{`${formatLatency(ping.round_ms)}, of which the venue ${formatLatency(ping.venue_ms)}`}</title>
              <rect
                x={x}
                y={HEIGHT - round}
                width={width - GAP}
                height={round}
                className="fill-accent"
                opacity="0.85"
              />
              <rect x={x} y={HEIGHT - venue} width={width - GAP} height={venue} className="fill-muted" />
            </g>
          )
        })}
      </svg>
      <figcaption className="mt-1 flex justify-between gap-3 text-2xs text-faint">
        <span>
          {shown.length < 2
            ? 'A ping every five seconds'
            : `Last ${shown.length} pings, one every five seconds`}
        </span>
        <span className="tabular">slowest {formatLatency(slowest)}</span>
      </figcaption>
    </figure>
  )
}
