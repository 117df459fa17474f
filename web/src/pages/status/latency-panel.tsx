import { useMutation } from '@tanstack/react-query'
import { Gauge } from 'lucide-react'
import { useState } from 'react'
import { announce } from '@/components/announcer'
import { Button } from '@/components/button'
import { Figure } from '@/components/figure'
import { Panel } from '@/components/panel'
import { formatLatency } from '@/format/numbers'
import { errorWords } from '@/format/words'
import { PingsChart } from '@/pages/status/pings-chart'
import { PROBES, probe } from '@/pages/status/probe'
import { useSamples } from '@/pages/status/store'
import { type Latency, percentile } from '@/stream/latency'
import { connection, useStream } from '@/stream/store'

const said = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? '–' : formatLatency(ms)

/** How long the way to the venue and back takes. */
export function LatencyPanel() {
  const link = useStream((state) => state.link)
  const pings = useSamples((samples) => samples.pings)
  const [done, setDone] = useState(0)
  const testing = useMutation({
    mutationFn: () => probe(setDone),
    onMutate: () => setDone(0),
    onSuccess: (found) => {
      const middle = percentile(rounds(found), 0.5)
      announce(`Latency test: half of ${PROBES} requests took at most ${said(middle)}`)
    },
  })
  const ping = pings.at(-1)
  return (
    <Panel
      title="Latency"
      bodyClassName="flex flex-col gap-4 p-4"
      tools={
        <Button
          size="sm"
          busy={testing.isPending}
          disabled={link !== 'open'}
          onClick={() => testing.mutate()}
        >
          <Gauge size={13} />
          <span className="tabular">{testing.isPending ? `${done} of ${PROBES}` : 'Test latency'}</span>
        </Button>
      }
    >
      <dl className="grid grid-cols-2 gap-4 sm:grid-cols-3">
        <Figure label="Ping" note="From this page to the venue and back.">
          {said(ping?.round_ms)}
        </Figure>
        <Figure label="Of which the venue" note="From reading the ping to answering it.">
          {said(ping?.venue_ms)}
        </Figure>
        <Figure label="Of which the way" note="Network, browser and proxies." className="max-sm:col-span-2">
          {said(ping && Math.max(0, ping.round_ms - ping.venue_ms))}
        </Figure>
      </dl>
      <PingsChart pings={pings} />
      {testing.error && (
        <p role="alert" className="text-down text-xs">
          {errorWords(testing.error)}
        </p>
      )}
      {testing.data && <Percentiles title={`Test of ${PROBES} requests`} latencies={testing.data} />}
      <Percentiles title="Acknowledgements of your orders" latencies={connection.latencies.orders} ofOrders />
    </Panel>
  )
}

const rounds = (latencies: readonly Latency[]) => latencies.map((latency) => latency.round_ms)

interface PercentilesProps {
  title: string
  latencies: readonly Latency[]
  ofOrders?: boolean
}

/** Of some round trips the middle, the slow and the slowest; the venue's share beside them. */
function Percentiles({ title, latencies, ofOrders }: PercentilesProps) {
  const round = rounds(latencies)
  const venue = latencies.map((latency) => latency.venue_ms)
  const rows = [
    { name: 'p50', part: 0.5, note: 'Half are at most so long' },
    { name: 'p90', part: 0.9, note: 'Nine of ten' },
    { name: 'p99', part: 0.99, note: 'All but one of a hundred' },
  ] as const
  return (
    <section aria-label={title}>
      <h3 className="mb-1 flex items-baseline justify-between gap-2 text-xs">
        <span className="font-medium">{title}</span>
        {ofOrders && <span className="tabular text-faint">last {latencies.length}</span>}
      </h3>
      {latencies.length === 0 ? (
        <p className="text-faint text-xs">
          None yet: orders that this page sends are timed from the press of the button to the venue's
          acknowledgement.
        </p>
      ) : (
        <table className="tabular w-full text-xs">
          <thead>
            <tr className="eyebrow text-left">
              <th scope="col" className="py-1 font-medium">
                Percentile
              </th>
              <th scope="col" className="py-1 text-right font-medium">
                Round trip
              </th>
              <th scope="col" className="py-1 text-right font-medium">
                Venue
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, part, note }) => (
              <tr key={name} className="border-line border-t" title={note}>
                <th scope="row" className="py-1 text-left font-normal">
                  <span className="font-medium">{name}</span> <span className="text-faint">{note}</span>
                </th>
                <td className="py-1 text-right">{said(percentile(round, part))}</td>
                <td className="py-1 text-right text-muted">{said(percentile(venue, part))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
