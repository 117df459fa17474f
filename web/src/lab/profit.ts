/**
 * What agents earned over time, for lines: at moments that lie ever further apart, so that a long run has a whole line of
 * few points. Apart from the newest they lie evenly, since the chart gives each of them as much room.
 */

/** Samples that are kept; two a pixel is more than anybody sees. */
export const SAMPLES_MAX = 1_500
/** Of the middle distance of samples that are as far apart as they should be. */
const NEARLY = 0.75

export interface Sample {
  /** Seconds of simulated time since 1970. */
  readonly time: number
  readonly values: ReadonlyMap<string, number>
}

export interface Profit {
  /** Oldest first, each at a time of its own. */
  readonly samples: readonly Sample[]
  /** Seconds that two samples are apart at least, the newest excepted. */
  readonly apart: number
  /** How often samples were left out or put in before the end, or all forgotten: the line is drawn anew then. */
  readonly redrawn: number
}

export const NO_PROFIT: Profit = { samples: [], apart: 0, redrawn: 0 }

/** Nothing, as after something else. */
export const forgottenProfit = (before: Profit): Profit => ({ ...NO_PROFIT, redrawn: before.redrawn + 1 })

/** The samples with one more; one of the same moment, or too near to the one before it, is replaced. */
export function withSample(profit: Profit, sample: Sample): Profit {
  const { samples, apart } = profit
  const last = samples.at(-1)
  if (last && sample.time < last.time) return profit
  const before = samples.at(-2)
  const replaced =
    last !== undefined && (last.time === sample.time || (before && last.time - before.time < apart))
  return fitted({ ...profit, samples: [...(replaced ? samples.slice(0, -1) : samples), sample] })
}

/** The samples with those that were taken before anybody looked; oldest first. */
export function withPast(profit: Profit, past: readonly Sample[]): Profit {
  const first = past[0]
  const last = past.at(-1)
  if (!first || !last) return profit
  const newer = profit.samples.filter(({ time }) => time > last.time)
  const apart = (NEARLY * (last.time - first.time)) / Math.max(1, past.length - 1)
  return newer.reduce(withSample, fitted({ samples: past, apart, redrawn: profit.redrawn + 1 }))
}

function fitted(profit: Profit): Profit {
  const { samples } = profit
  const first = samples[0]
  const last = samples.at(-1)
  if (samples.length <= SAMPLES_MAX || !first || !last) return profit
  const apart = Math.max(2 * profit.apart, (2 * (last.time - first.time)) / SAMPLES_MAX)
  const kept = [first]
  let end = first.time
  for (const sample of samples.slice(1, -1)) {
    if (sample.time - end < apart) continue
    kept.push(sample)
    end = sample.time
  }
  return { samples: [...kept, last], apart, redrawn: profit.redrawn + 1 }
}

/** What one earned in the newest samples, oldest first; none where it was not there yet. */
export function recent(profit: Profit, agent: string, most: number): number[] {
  const values: number[] = []
  for (const sample of profit.samples.slice(-most)) {
    const value = sample.values.get(agent)
    if (value !== undefined) values.push(value)
  }
  return values
}
