import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gridOf, inRange, joined, type Sample, withSeen } from '@/pages/portfolio/equity'
import { decimalOf, toText } from '@/wire/decimal'

const at = (timestamp: number, value = '1'): Sample => ({ timestamp, total_value: decimalOf(value) })

test('a new account has one point, and then one a second', () => {
  expect(gridOf([])).toEqual([])
  expect(gridOf([at(5_000, '10')])).toEqual([{ time: 5, value: decimalOf('10') }])
  const seen = [at(5_000), at(6_000), at(7_000)].reduce<readonly Sample[]>(withSeen, [])
  expect(gridOf(joined([], seen)).map(({ time }) => time)).toEqual([5, 6, 7])
})

test('steps without a sample are there, and empty', () => {
  const grid = gridOf([at(0), at(3_000)])
  expect(grid.map(({ value }) => value !== null)).toEqual([true, false, false, true])
})

test('of a step the newest sample counts', () => {
  const seen = withSeen(withSeen([], at(5_100, '1')), at(5_900, '2'))
  expect(seen.map((sample) => toText(sample.total_value))).toEqual(['2'])
})

test('a grid is regular, short, and begins and ends with a value', () => {
  const times = fc.array(fc.integer({ min: 0, max: 4_000_000_000_000 }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(times, (unsorted) => {
      const samples = unsorted.toSorted((a, b) => a - b).map((time) => at(time, String(time % 1_000)))
      const grid = gridOf(samples)
      const steps = new Set(grid.slice(1).map(({ time }, place) => time - (grid[place]?.time ?? 0)))
      expect(steps.size).toBeLessThanOrEqual(1)
      expect(grid.length).toBeLessThanOrEqual(602)
      expect(grid[0]?.value).not.toBeNull()
      expect(grid.at(-1)?.value).toBe(samples.at(-1)?.total_value)
    }),
  )
})

test('what the page saw follows the venue’s newest sample', () => {
  const all = joined([at(1_000), at(60_000)], [at(59_000), at(61_000)])
  expect(all.map(({ timestamp }) => timestamp)).toEqual([1_000, 60_000, 61_000])
})

test('now is last even where the clock here runs behind', () => {
  const all = joined([at(60_000)], [at(30_000, '7')])
  expect(all.map(({ timestamp }) => timestamp)).toEqual([60_000, 60_001])
  expect(all.at(-1)?.total_value).toBe(decimalOf('7'))
})

test('a range leaves out what is older; all leaves out nothing', () => {
  const samples = [at(0), at(3_000_000), at(4_000_000)]
  expect(inRange(samples, '1h', 4_000_000)).toHaveLength(2)
  expect(inRange(samples, 'all', 4_000_000)).toHaveLength(3)
})
