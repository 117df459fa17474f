import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BookLevel, bookOf } from '@/stream/book'
import { bookRows, groupedPrice, groupOf, groupSizes, priceOfGroup, sumOf } from '@/trading/grouping'
import { add, type Decimal, decimalOf, multiply, ofSteps, toText, ZERO } from '@/wire/decimal'

const cent = decimalOf('0.01')
const level = (price: string, quantity: string): BookLevel => ({
  price: decimalOf(price),
  quantity: decimalOf(quantity),
})

test('bids go down to their group and asks go up', () => {
  const five = decimalOf('0.05')
  expect(toText(groupedPrice(decimalOf('101.73'), 'buy', five))).toBe('101.7')
  expect(toText(groupedPrice(decimalOf('101.73'), 'sell', five))).toBe('101.75')
  expect(toText(groupedPrice(decimalOf('101.75'), 'buy', five))).toBe('101.75')
  expect(toText(groupedPrice(decimalOf('101.75'), 'sell', five))).toBe('101.75')
})

test('prices below zero are grouped the same way', () => {
  const five = decimalOf('0.05')
  expect(toText(groupedPrice(decimalOf('-0.02'), 'buy', five))).toBe('-0.05')
  expect(toText(groupedPrice(decimalOf('-0.02'), 'sell', five))).toBe('0')
})

test('groups are the step times 1, 2, 5, 10 and so on, up to a twentieth of the price', () => {
  expect(groupSizes(cent, decimalOf('100')).map(toText)).toEqual([
    '0.01',
    '0.02',
    '0.05',
    '0.1',
    '0.2',
    '0.5',
    '1',
    '2',
    '5',
  ])
  expect(groupSizes(cent, null).map(toText)).toEqual(['0.01'])
  expect(groupSizes(cent, decimalOf('0.01')).map(toText)).toEqual(['0.01'])
  expect(groupSizes(decimalOf('0.000000000000000001'), decimalOf('1000000'))).toHaveLength(10)
})

test('rows carry their size, the total to there and what that costs', () => {
  const rows = bookRows(
    [level('10.02', '3'), level('10.04', '5'), level('10.11', '2')],
    'sell',
    decimalOf('0.1'),
    9,
  )
  expect(
    rows.map((row) => [row.place, ...[row.price, row.quantity, row.total, row.cost].map(toText)]),
  ).toEqual([
    [0, '10.1', '8', '8', '80.26'],
    [1, '10.2', '2', '10', '100.48'],
  ])
})

test('no more rows are made than asked for, and the last of them is whole', () => {
  const levels = [level('10.04', '3'), level('10.02', '5'), level('9.97', '2'), level('9.5', '1')]
  const rows = bookRows(levels, 'buy', decimalOf('0.1'), 1)
  expect(rows).toHaveLength(1)
  expect(rows[0] && toText(rows[0].total)).toBe('8')
  expect(bookRows(levels, 'buy', decimalOf('0.1'), 0)).toEqual([])
})

const steps = fc.bigInt({ min: 1n, max: 10n ** 12n })
const quantities = fc.bigInt({ min: 1n, max: 10n ** 30n }).map((units) => units as Decimal)
const multiples = fc.constantFrom(1n, 2n, 5n, 10n, 20n, 50n, 100n)
const sides = fc.constantFrom('buy' as const, 'sell' as const)

test('a price is never further than a group from the group it belongs to, and on the worse side of none', () => {
  fc.assert(
    fc.property(steps, multiples, sides, (count, multiple, side) => {
      const price = ofSteps(count, cent)
      const size = ofSteps(multiple, cent)
      const grouped = groupedPrice(price, side, size)
      const away = side === 'buy' ? price - grouped : grouped - price
      return away >= 0n && away < size && grouped % size === 0n
    }),
  )
})

test('a group leads back to itself', () => {
  fc.assert(
    fc.property(steps, multiples, sides, (group, multiple, side) => {
      const size = ofSteps(multiple, cent)
      return groupOf(priceOfGroup(group, size), side, size) === group
    }),
  )
})

test('grouping loses nothing and keeps the order, however it is grouped', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(steps, quantities), { maxLength: 40 }),
      multiples,
      sides,
      (told, multiple, side) => {
        const made = told.map(([count, quantity]) => [ofSteps(count, cent), quantity] as [Decimal, Decimal])
        const book = side === 'buy' ? bookOf(made, []) : bookOf([], made)
        const levels = side === 'buy' ? book.bids : book.asks
        const rows = bookRows(levels, side, ofSteps(multiple, cent), 1_000)
        const all = sumOf(levels)
        const cost = levels.reduce((sum, one) => add(sum, multiply(one.price, one.quantity)), ZERO)
        expect(rows.reduce((sum, row) => add(sum, row.quantity), ZERO)).toBe(all)
        if (rows.length > 0) {
          expect(rows.at(-1)?.total).toBe(all)
          expect(rows.at(-1)?.cost).toBe(cost)
        }
        for (const [place, row] of rows.entries()) {
          const next = rows[place + 1]
          expect(row.place).toBe(place)
          if (next) expect(side === 'buy' ? row.price > next.price : row.price < next.price).toBe(true)
        }
      },
    ),
  )
})
