/** Measure the way to the venue and back with a burst of pings, which carry the venue's own times. */

import type { Latency } from '@/stream/latency'
import { connection } from '@/stream/store'

export const PROBES = 20
const PAUSE_MS = 40

/** Send them one after the other. Raises where the connection is lost. */
export async function probe(onResult: (done: number) => void): Promise<readonly Latency[]> {
  const found: Latency[] = []
  for (let done = 1; done <= PROBES; done += 1) {
    const sent = performance.now()
    const reply = await connection.ask({ op: 'ping' })
    const venue_us = (reply.sent_us ?? 0) - (reply.received_us ?? 0)
    found.push({ round_ms: performance.now() - sent, venue_ms: Math.max(0, venue_us / 1_000) })
    onResult(done)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  return found
}
