import { afterAll, expect, test, vi } from 'vitest'
import { labelOf, weightBetween } from '@/pages/trade/chart/time-axis'

// Before the formats are made.
const zone = vi.hoisted(() => {
  const before = process.env.TZ
  process.env.TZ = 'Europe/Berlin'
  return before
})
afterAll(() => {
  process.env.TZ = zone
})

const between = (before: string, now: string) => weightBetween(new Date(before), new Date(now))

test('a day begins at local midnight, not at that of UTC', () => {
  expect(between('2026-11-20T22:59:00Z', '2026-11-20T23:00:00Z')).toBe(50)
  expect(between('2026-11-20T23:59:00Z', '2026-11-21T00:00:00Z')).toBe(30)
})

test('months and years begin there too', () => {
  expect(between('2026-10-31T22:59:00Z', '2026-10-31T23:00:00Z')).toBe(60)
  expect(between('2026-12-31T22:59:00Z', '2026-12-31T23:00:00Z')).toBe(70)
})

test('parts of a day are told apart', () => {
  expect(between('2026-11-21T10:59:00Z', '2026-11-21T11:00:00Z')).toBe(33)
  expect(between('2026-11-21T10:29:00Z', '2026-11-21T10:30:00Z')).toBe(22)
  expect(between('2026-11-21T10:01:00Z', '2026-11-21T10:02:00Z')).toBe(20)
  expect(between('2026-11-21T10:01:01Z', '2026-11-21T10:01:02Z')).toBe(10)
})

test('an hour that comes twice when clocks are put back is no new day', () => {
  expect(between('2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z')).toBe(0)
})

test('labels say what begins', () => {
  const date = new Date('2026-12-31T23:00:00Z')
  expect([70, 60, 50, 30, 20, 10].map((weight) => labelOf(date, weight))).toEqual([
    '2027',
    'Jan',
    '1 Jan',
    '00:00',
    '00:00',
    '00:00:00',
  ])
})
