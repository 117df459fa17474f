/** The equity curve: the venue's samples and what the page saw since, laid on a regular grid of time. */
import type { Decimal } from '@/wire/decimal'

const RANGES = ['1h', '1d', '1w', 'all'] as const
export type Range = (typeof RANGES)[number]

const HOUR_MS = 3_600_000
export const RANGE_MS: Readonly<Record<Range, number | null>> = {
  '1h': HOUR_MS,
  '1d': 24 * HOUR_MS,
  '1w': 168 * HOUR_MS,
  all: null,
}

export interface Sample {
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly total_value: Decimal
}

export interface GridPoint {
  /** Seconds since 1970. */
  readonly time: number
  /** None in a step of time without a sample. */
  readonly value: Decimal | null
}

/** Steps of time across the chart at most. */
const STEPS_MAX = 600
/** Steps in seconds that fall on round times. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400]

function stepFor(seconds: number): number {
  const least = seconds / STEPS_MAX
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400
}

/** Samples of a range that ends at `now`, oldest first. */
export function inRange(samples: readonly Sample[], range: Range, now: number): readonly Sample[] {
  const span = RANGE_MS[range]
  return span === null ? samples : samples.filter((sample) => sample.timestamp >= now - span)
}

/**
 * Lay samples, oldest first, on a grid of equal steps: the newest of each step counts. Steps without one are there too,
 * empty, so that a chart that gives every point the same room is true to time.
 */
export function gridOf(samples: readonly Sample[]): readonly GridPoint[] {
  const first = samples[0]
  const last = samples.at(-1)
  if (!first || !last) return []
  const step = stepFor((last.timestamp - first.timestamp) / 1_000)
  const at = (sample: Sample) => Math.floor(sample.timestamp / 1_000 / step) * step
  const values = new Map(samples.map((sample) => [at(sample), sample.total_value]))
  const grid: GridPoint[] = []
  for (let time = at(first); time <= at(last); time += step)
    grid.push({ time, value: values.get(time) ?? null })
  return grid
}

/** The venue's samples and behind them what the page saw since; the newest that it saw is always the last. */
export function joined(samples: readonly Sample[], seen: readonly Sample[]): readonly Sample[] {
  const last = samples.at(-1)
  const newest = seen.at(-1)
  if (!last || !newest) return last ? samples : seen
  const since = seen.filter((sample) => sample.timestamp > last.timestamp)
  // Where the clock of this computer runs behind the venue's, now is right after its newest sample.
  return [...samples, ...(since.length > 0 ? since : [{ ...newest, timestamp: last.timestamp + 1 }])]
}

/** Seconds that the page remembers by itself: more than the venue needs from one sample to the next. */
const SEEN_MAX = 900

/** With what the account is worth at a time: one for each second, the newest. */
export function withSeen(seen: readonly Sample[], sample: Sample): readonly Sample[] {
  const second = (ms: number) => Math.floor(ms / 1_000)
  const last = seen.at(-1)
  const before = last && second(last.timestamp) >= second(sample.timestamp) ? seen.slice(0, -1) : seen
  return [...before, sample].slice(-SEEN_MAX)
}
