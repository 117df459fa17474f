import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_PROFILE, type Profile, volumeRows, withTrades } from '@/pages/trade/ladder/volume'
import { aTrade } from '@/test/examples'
import { add, decimalOf, toText, ZERO } from '@/wire/decimal'
import type { Trade } from '@/wire/views'

const texts = (profile: Profile) =>
  [...profile.prices.values()].map((one) => [one.price, one.bought, one.sold].map(toText))

test('trades at a price add up, by who came', () => {
  const trades: Trade[] = [
    aTrade(3, '100', '2'),
    { ...aTrade(2, '100', '5'), side: 'sell' },
    aTrade(1, '99', '1'),
  ]
  expect(texts(withTrades(NO_PROFILE, trades))).toEqual([
    ['100', '2', '5'],
    ['99', '1', '0'],
  ])
})

test('a trade that was counted is not counted again, and nothing new is the same object', () => {
  const first = withTrades(NO_PROFILE, [aTrade(1, '100', '2')])
  expect(withTrades(first, [aTrade(1, '100', '2')])).toBe(first)
  expect(withTrades(first, [])).toBe(first)
  expect(texts(withTrades(first, [aTrade(2, '100', '3'), aTrade(1, '100', '2')]))).toEqual([
    ['100', '5', '0'],
  ])
})

test('in groups, what was bought goes up to its row and what was sold goes down', () => {
  const trades: Trade[] = [aTrade(2, '101.73', '4'), { ...aTrade(1, '101.73', '6'), side: 'sell' }]
  const rows = volumeRows(withTrades(NO_PROFILE, trades), decimalOf('0.05'))
  expect([...rows].map(([row, one]) => [row, toText(one.bought), toText(one.sold)])).toEqual([
    [2_035n, '4', '0'],
    [2_034n, '0', '6'],
  ])
})

test('however trades come in pieces that overlap, the sum is that of all of them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1 }),
      fc.array(fc.nat()),
      (sizes, cuts) => {
        const trades = sizes.map((size, place) => aTrade(place + 1, '100', String(size))).toReversed()
        const profile = [...cuts.map((cut) => trades.slice(cut % trades.length)), trades]
          .toSorted((a, b) => a.length - b.length)
          .reduce(withTrades, NO_PROFILE)
        const all = trades.reduce((sum, trade) => add(sum, trade.quantity), ZERO)
        expect(profile.prices.get(decimalOf('100'))?.bought).toBe(all)
      },
    ),
  )
})
