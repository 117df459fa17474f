import { expect, test } from 'vitest'
import { standingsOf } from '@/pages/leaderboard/standings'
import { decimalOf, toText } from '@/wire/decimal'
import type { Leader } from '@/wire/views'

const aLeader = (rank: number, name: string, total: string, holdings: Leader['holdings'] = {}): Leader => ({
  rank,
  user_id: name,
  username: name,
  cash: decimalOf(total),
  holdings,
  total_value: decimalOf(total),
})

const TWO = [aLeader(1, 'ada', '12000'), aLeader(2, 'bob', '9000')]

test('nobody trades: no lines', () => {
  expect(standingsOf([], null, {}, null)).toEqual({ lines: [], beyond: null })
})

test('a place is between the lowest and the highest that are shown', () => {
  const three = [...TWO, aLeader(3, 'eve', '6000')]
  expect(standingsOf(three, null, {}, null).lines.map((line) => line.place)).toEqual([1, 0.5, 0])
})

test('those who are worth the same stand at the same place', () => {
  const same = [aLeader(1, 'ada', '5'), aLeader(2, 'bob', '5')]
  expect(standingsOf(same, null, {}, null).lines.map((line) => line.place)).toEqual([1, 1])
})

test('a change is exact, and taken from the oldest of the range', () => {
  const history = { bob: [[1, decimalOf('10000.01')] as const, [2, decimalOf('1')] as const] }
  const [ada, bob] = standingsOf(TWO, null, history, null).lines
  expect(ada?.change).toBeNull()
  expect(bob?.change && toText(bob.change.difference)).toBe('-1000.01')
  expect(bob?.change?.part).toBeCloseTo(-0.1, 5)
  expect(bob?.trend).toEqual([10_000.01, 9_000])
})

test('one who came in with nothing has no part of it', () => {
  const [, bob] = standingsOf(TWO, null, { bob: [[1, decimalOf('0')]] }, null).lines
  expect(bob?.change?.part).toBe(0)
})

test('the own line is marked where it stands among the best', () => {
  const { lines, beyond } = standingsOf(TWO, aLeader(2, 'bob', '9000'), {}, 'bob')
  expect(lines.map((line) => line.isOwn)).toEqual([false, true])
  expect(beyond).toBeNull()
})

test('the own line stands apart where it is beyond the best', () => {
  const { lines, beyond } = standingsOf(TWO, aLeader(77, 'eve', '6000'), {}, 'eve')
  expect(lines).toHaveLength(2)
  expect([beyond?.rank, beyond?.place, beyond?.isOwn]).toEqual([77, 0, true])
  expect(lines[1]?.place).toBe(0.5)
})

test('what the venue said of somebody else is not shown as the own', () => {
  expect(standingsOf(TWO, aLeader(77, 'eve', '6000'), {}, 'bob').beyond).toBeNull()
})

test('holdings come largest first', () => {
  const [ada] = standingsOf(
    [aLeader(1, 'ada', '1', { FUN: decimalOf('2'), HODL: decimalOf('10') })],
    null,
    {},
    null,
  ).lines
  expect(ada?.holdings.map(({ ticker }) => ticker)).toEqual(['HODL', 'FUN'])
})
