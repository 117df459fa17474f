import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  cellsOf,
  centredTop,
  isOffCentre,
  middleRow,
  placeOfRow,
  rowsIn,
  rowsOf,
  rowUnder,
  topShowing,
  wheelRows,
} from '@/pages/trade/ladder/grid'
import { bookOf } from '@/stream/book'
import { level } from '@/test/examples'
import { add, type Decimal, decimalOf, ofSteps, toText, ZERO } from '@/wire/decimal'

const cent = decimalOf('0.01')
const five = decimalOf('0.05')
const book = bookOf(
  [level('101.71', '140'), level('101.68', '3')],
  [level('101.73', '13'), level('101.76', '41')],
)

test('a height holds whole rows, and a hidden panel none', () => {
  expect(rowsIn(219, 22)).toBe(9)
  expect(rowsIn(0, 22)).toBe(0)
  expect(rowsIn(1_000_000, 22)).toBe(200)
})

test('rows run from the top down and stop above zero', () => {
  expect(rowsOf({ top: 12n, count: 3 })).toEqual([12n, 11n, 10n])
  expect(rowsOf({ top: 2n, count: 4 })).toEqual([2n, 1n])
})

test('the market is about the middle of the best prices, one of them, or the last price', () => {
  expect(middleRow(book, null, cent)).toBe(10_172n)
  expect(middleRow(bookOf([level('101.71', '1')], []), null, cent)).toBe(10_171n)
  expect(middleRow(bookOf([], []), decimalOf('99.5'), cent)).toBe(9_950n)
  expect(middleRow(null, null, cent)).toBe(null)
})

test('cells gather the levels of their group: bids below, asks above', () => {
  const span = { top: 2_040n, count: 10 }
  const texts = (cells: ReadonlyMap<bigint, Decimal>) => [...cells].map(([row, size]) => [row, toText(size)])
  expect(texts(cellsOf(book.bids, 'buy', five, span))).toEqual([
    [2_034n, '140'],
    [2_033n, '3'],
  ])
  expect(texts(cellsOf(book.asks, 'sell', five, span))).toEqual([
    [2_035n, '13'],
    [2_036n, '41'],
  ])
  expect(texts(cellsOf(book.asks, 'sell', five, { top: 2_035n, count: 1 }))).toEqual([[2_035n, '13']])
})

test('a row out of sight comes into sight with the least movement', () => {
  expect(topShowing(105n, { top: 100n, count: 10 })).toBe(105n)
  expect(topShowing(80n, { top: 100n, count: 10 })).toBe(89n)
  expect(topShowing(95n, { top: 100n, count: 10 })).toBe(100n)
})

test('only a row outside of the middle half is off centre', () => {
  const span = { top: 100n, count: 40 }
  expect(isOffCentre(80n, span)).toBe(false)
  expect(isOffCentre(91n, span)).toBe(true)
  expect(isOffCentre(69n, span)).toBe(true)
  expect(isOffCentre(200n, span)).toBe(true)
})

test('a wheel that turns slowly adds up to whole rows', () => {
  expect(wheelRows(0, 10, 22)).toEqual({ rows: 0, left: 10 })
  expect(wheelRows(10, 14, 22)).toEqual({ rows: 1, left: 2 })
  expect(wheelRows(0, -50, 22)).toEqual({ rows: -2, left: -6 })
})

const counts = fc.integer({ min: 1, max: 200 })
const rows = fc.bigInt({ min: 1n, max: 10n ** 20n })

test('a centred row is in sight, and not off centre', () => {
  fc.assert(
    fc.property(rows, counts, (row, count) => {
      const span = { top: centredTop(row, count), count }
      expect(placeOfRow(row, span)).not.toBe(null)
      if (row > 400n) expect(isOffCentre(row, span)).toBe(false)
    }),
  )
})

test('a row and its place lead to one another', () => {
  fc.assert(
    fc.property(rows, counts, fc.nat({ max: 199 }), (row, count, offset) => {
      const span = { top: centredTop(row, count), count }
      const place = offset % count
      const under = rowUnder(place * 22 + 3, 22, span)
      expect(placeOfRow(under, span)).toBe(place)
    }),
  )
})

test('whatever is brought into sight is in sight', () => {
  fc.assert(
    fc.property(rows, rows, counts, (row, from, count) => {
      const span = { top: centredTop(from, count), count }
      expect(placeOfRow(row, { top: topShowing(row, span), count })).not.toBe(null)
    }),
  )
})

test('no quantity in sight is lost or counted twice', () => {
  const levels = fc.array(
    fc.tuple(fc.bigInt({ min: 9_000n, max: 11_000n }), fc.bigInt({ min: 1n, max: 10n ** 24n })),
  )
  fc.assert(
    fc.property(
      levels,
      fc.constantFrom('buy' as const, 'sell' as const),
      fc.constantFrom(cent, five),
      (told, side, unit) => {
        const made = told.map(
          ([steps, quantity]) => [ofSteps(steps, cent), quantity as Decimal] as [Decimal, Decimal],
        )
        const sorted = side === 'buy' ? bookOf(made, []).bids : bookOf([], made).asks
        const cells = cellsOf(sorted, side, unit, { top: 12_000n, count: 12_000 })
        const all = sorted.reduce((sum, one) => add(sum, one.quantity), ZERO)
        expect([...cells.values()].reduce(add, ZERO)).toBe(all)
      },
    ),
  )
})
