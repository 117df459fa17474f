/** How long things take, from times that the venue echoes: nobody's clock is compared with another's. */

/** Acknowledgements that are kept for the percentiles. */
const KEPT = 200

interface Echoed {
  readonly timestamp?: number | undefined
  readonly received_us?: number | undefined
  readonly sent_us?: number | undefined
}

export interface Latency {
  /** From this page to the venue and back. */
  readonly round_ms: number
  /** The venue's share of it. */
  readonly venue_ms: number
}

function measured(echoed: Echoed, now: number): Latency | null {
  if (echoed.timestamp === undefined) return null
  const venue = (echoed.sent_us ?? 0) - (echoed.received_us ?? 0)
  return { round_ms: Math.max(0, now - echoed.timestamp), venue_ms: Math.max(0, venue / 1_000) }
}

export class Latencies {
  /** Of the newest ping. */
  ping: Latency | null = null
  /** Of the newest orders, oldest first. */
  orders: readonly Latency[] = []

  ponged(pong: Echoed, now: number): void {
    this.ping = measured(pong, now) ?? this.ping
  }

  acknowledged(reply: Echoed, now: number): void {
    const latency = measured(reply, now)
    if (latency) this.orders = [...this.orders, latency].slice(-KEPT)
  }
}

/** The smallest value that a part of all lie at or below (nearest rank); null of none. */
export function percentile(values: readonly number[], part: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? null
}
