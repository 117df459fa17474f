/** What the status page measures while it is open: pings, and how many messages come each second. Pure. */
import type { Latency } from '@/stream/latency'

/** Two minutes of pings and of seconds. */
export const PINGS_MAX = 60
export const RATES_MAX = 120

export interface PingSample extends Latency {
  readonly at: number
}

export interface Samples {
  /** Oldest first. */
  readonly pings: readonly PingSample[]
  /** Messages a second, oldest first. */
  readonly rates: readonly number[]
  /** The ping that was looked at last: the same object is the same ping. */
  readonly lastPing: Latency | null
  readonly lastLook: { readonly at: number; readonly messages: number } | null
}

export const NO_SAMPLES: Samples = { pings: [], rates: [], lastPing: null, lastLook: null }

/** A rate over less than this says nothing. */
const LOOK_LEAST_MS = 250
/** After a longer pause, as of a page that slept, the counting begins anew. */
const LOOK_MOST_MS = 5_000

/** With a look at the connection at a time in milliseconds. */
export function looked(samples: Samples, at: number, ping: Latency | null, messages: number): Samples {
  const fresh = ping !== null && ping !== samples.lastPing
  const pings = fresh ? [...samples.pings, { ...ping, at }].slice(-PINGS_MAX) : samples.pings
  const before = samples.lastLook
  const passed = before ? at - before.at : 0
  if (before && passed >= 0 && passed < LOOK_LEAST_MS) return { ...samples, pings, lastPing: ping }
  const counts = before !== null && passed > 0 && passed <= LOOK_MOST_MS && messages >= before.messages
  return {
    pings,
    lastPing: ping,
    lastLook: { at, messages },
    rates: counts
      ? [...samples.rates, ((messages - before.messages) * 1_000) / passed].slice(-RATES_MAX)
      : samples.rates,
  }
}
