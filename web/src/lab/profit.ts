/**
 * What agents earned over time, for lines: bounded by leaving out every other sample when there are too many, so that a
 * long run has a long line and not only an end.
 */

/** Samples that are kept; two a pixel is more than anybody sees. */
export const SAMPLES_MAX = 1_500

export interface Sample {
  /** Seconds of simulated time since 1970. */
  readonly time: number
  readonly values: ReadonlyMap<string, number>
}

export interface Profit {
  /** Oldest first, each at a time of its own. */
  readonly samples: readonly Sample[]
  /** How often samples were left out, or all forgotten: the line is drawn anew then. */
  readonly redrawn: number
}

export const NO_PROFIT: Profit = { samples: [], redrawn: 0 }

/** The samples with one more; one of the same moment takes the place of the last. */
export function withSample(profit: Profit, sample: Sample): Profit {
  const last = profit.samples.at(-1)
  if (last && sample.time < last.time) return profit
  if (last?.time === sample.time) {
    return { ...profit, samples: [...profit.samples.slice(0, -1), sample] }
  }
  const samples = [...profit.samples, sample]
  if (samples.length <= SAMPLES_MAX) return { ...profit, samples }
  // The newest stays: it is counted from the end.
  const kept = samples.filter((_, place) => (samples.length - 1 - place) % 2 === 0)
  return { samples: kept, redrawn: profit.redrawn + 1 }
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
