import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_PROFIT, type Profit, recent, SAMPLES_MAX, withPast, withSample } from '@/lab/profit'

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
      expect(samples[0]?.time).toBe(0)
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

test('however long it goes on, samples lie as evenly as the chart draws them', () => {
  const { samples } = grown(Array.from({ length: SAMPLES_MAX * 4 }, (_, time) => time))
  const apart = samples.slice(1, -1).map(({ time }, place) => time - (samples[place]?.time ?? 0))
  expect(Math.max(...apart)).toBeLessThanOrEqual(2 * Math.min(...apart))
})

test('what was there before comes before, and what is newer follows it', () => {
  const profit = withPast(grown([3, 4, 5]), [sample(1), sample(2), sample(4, 9)])
  expect(profit.samples.map(({ time, values }) => [time, values.get('makers')])).toEqual([
    [1, 1],
    [2, 2],
    [4, 9],
    [5, 5],
  ])
  expect(profit.redrawn).toBe(1)
  expect(withPast(profit, [])).toBe(profit)
})

test('after a past with few samples no more come than it had in the same time', () => {
  const past = Array.from({ length: 100 }, (_, place) => sample(place * 60))
  const times = Array.from({ length: 600 }, (_, second) => 99 * 60 + second + 1)
  const { samples } = times.reduce<Profit>(
    (profit, time) => withSample(profit, sample(time)),
    withPast(NO_PROFIT, past),
  )
  expect(samples.length).toBeLessThan(100 + 16)
  expect(samples.at(-1)?.time).toBe(99 * 60 + 600)
})

test('the newest values of one, as far as it was there', () => {
  expect(recent(grown([1, 2, 3]), 'makers', 2)).toEqual([2, 3])
  expect(recent(grown([1, 2, 3]), 'nobody', 2)).toEqual([])
})
