import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_PROFIT, type Profit, recent, SAMPLES_MAX, withSample } from '@/lab/profit'

const sample = (time: number, value = time) => ({ time, values: new Map([['makers', value]]) })
const grown = (times: readonly number[]): Profit =>
  times.reduce<Profit>((profit, time) => withSample(profit, sample(time)), NO_PROFIT)

test('a sample of the same moment takes the place of the last, and an older one is left', () => {
  const profit = withSample(withSample(grown([1, 2]), sample(2, 9)), sample(1))
  expect(profit.samples.map(({ time, values }) => [time, values.get('makers')])).toEqual([
    [1, 1],
    [2, 9],
  ])
})

test('however many come, there are no more than the limit, in order, the newest among them, the beginning too', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: SAMPLES_MAX * 5 }), (count) => {
      const { samples } = grown(Array.from({ length: count }, (_, time) => time))
      expect(samples.length).toBeLessThanOrEqual(SAMPLES_MAX)
      expect(samples.at(-1)?.time).toBe(count - 1)
      expect(samples[0]?.time ?? 0).toBeLessThan(16)
      expect(samples.every(({ time }, place) => place === 0 || time > (samples[place - 1]?.time ?? -1))).toBe(
        true,
      )
    }),
    { numRuns: 20 },
  )
})

test('a thinned history says that it is to be drawn anew', () => {
  expect(grown(Array.from({ length: SAMPLES_MAX + 1 }, (_, time) => time)).redrawn).toBe(1)
})

test('the newest values of one, as far as it was there', () => {
  expect(recent(grown([1, 2, 3]), 'makers', 2)).toEqual([2, 3])
  expect(recent(grown([1, 2, 3]), 'nobody', 2)).toEqual([])
})
