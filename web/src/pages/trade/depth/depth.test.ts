import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  balanceOf,
  curveOf,
  figuresOf,
  mirrored,
  PARTS,
  priceNear,
  reachTo,
  ticksOf,
  topFor,
  totalAt,
  widthOf,
  zoomFor,
} from '@/pages/trade/depth/depth'
import { type Book, type BookLevel, bookOf, EMPTY_BOOK } from '@/stream/book'
import { decimalOf, toNumber } from '@/wire/decimal'

const d = decimalOf
const levels = (...pairs: [price: number | string, quantity: number | string][]): BookLevel[] =>
  pairs.map(([price, quantity]) => ({ price: d(price), quantity: d(quantity) }))

const BOOK: Book = {
  bids: levels([99, 5], [98.5, 10], [90, 100]),
  asks: levels([101, 4], [102, 6]),
}

test('quantities add up from the best price on', () => {
  const { prices, totals } = curveOf(BOOK.bids)
  expect([...prices]).toEqual([99, 98.5, 90])
  expect([...totals]).toEqual([5, 15, 115])
})

test('a curve is as high as all that rests at a price or better', () => {
  const [bids, asks] = [curveOf(BOOK.bids), curveOf(BOOK.asks)]
  expect([100, 99, 98.6, 98.5, 1].map((price) => totalAt(bids, price, 'buy'))).toEqual([0, 5, 5, 15, 115])
  expect([100, 101, 103].map((price) => totalAt(asks, price, 'sell'))).toEqual([0, 4, 10])
})

test('middle and spread of a book', () => {
  expect(figuresOf(BOOK)).toEqual({ middle: d(100), spread: d(2), spreadPart: 0.02 })
})

test('the middle of a spread of one step lies between the steps', () => {
  const book = { bids: levels(['0.29', 1]), asks: levels(['0.30', 1]) }
  expect(figuresOf(book).middle).toBe(d('0.295'))
})

test('a book with one side has its best price as the middle and no spread', () => {
  expect(figuresOf({ bids: [], asks: BOOK.asks })).toEqual({ middle: d(101), spread: null, spreadPart: null })
  expect(figuresOf({ bids: BOOK.bids, asks: [] }).middle).toBe(d(99))
  expect(figuresOf(EMPTY_BOOK).middle).toBeNull()
})

test('what it costs to get to a price is exact', () => {
  expect(reachTo(BOOK.asks, 'sell', d(102))).toEqual({
    quantity: d(10),
    cost: d(1016),
    averagePrice: d('101.6'),
    levels: 2,
  })
  expect(reachTo(levels(['0.1', '0.2'], ['0.2', '0.1']), 'sell', d(1)).cost).toBe(d('0.04'))
})

test('nothing is reached where the price does not come to the best', () => {
  expect(reachTo(BOOK.bids, 'buy', d('99.01'))).toEqual({
    quantity: 0n,
    cost: 0n,
    averagePrice: null,
    levels: 0,
  })
})

test('the balance counts what lies within a part of the middle', () => {
  expect(balanceOf(BOOK, d(100), 0.01)).toEqual({ bids: d(5), asks: d(4), bidPart: 5 / 9 })
  expect(balanceOf(BOOK, d(100), 1)).toMatchObject({ bids: d(115), asks: d(10) })
  expect(balanceOf(BOOK, d(100), 0.001).bidPart).toBeNull()
})

test('a mirrored price is as far away on the other side', () => {
  expect(mirrored(d(99), d(100))).toBe(d(101))
  expect(mirrored(d(250), d(100))).toBe(0n)
})

test('a pointed price is a whole number of steps', () => {
  expect(priceNear(100.126, d('0.05'))).toBe(d('100.15'))
  expect(priceNear(-3, d('0.05'))).toBe(0n)
})

test('the zoom shows most of what rests, and a far order does not widen it', () => {
  const book = { bids: levels([99.5, 95], [1, 5]), asks: levels([100.5, 95]) }
  expect(widthOf(book, d(100))).toBeCloseTo(0.0075)
  expect(widthOf(EMPTY_BOOK, d(100))).toBe(0)
})

test('the zoom stays while it fits, and changes when it does not', () => {
  expect(PARTS[zoomFor(0.004, null)]).toBe(0.005)
  const before = PARTS.indexOf(0.01)
  expect(zoomFor(0.0045, before)).toBe(before)
  expect(zoomFor(0.003, before)).toBe(before - 1)
  expect(zoomFor(0.011, before)).toBe(before + 1)
  expect(zoomFor(7, null)).toBe(PARTS.length - 1)
})

test('ticks are round, within the range and not too many', () => {
  expect(ticksOf(98.7, 101.3, 5)).toEqual([99, 100, 101])
  expect(ticksOf(1, 1, 5)).toEqual([])
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      (low, span) => {
        const ticks = ticksOf(low, low + span, 6)
        expect(ticks.length).toBeLessThanOrEqual(7)
        expect(ticks.every((tick) => tick >= low - 1e-9 * low && tick <= low + span)).toBe(true)
      },
    ),
  )
})

test('the top of the scale is above the highest and stays calm', () => {
  expect(topFor(950, null)).toBe(1_500)
  expect(topFor(900, 1_500)).toBe(1_500)
  expect(topFor(700, 1_500)).toBe(800)
  expect(topFor(1_490, 1_500)).toBe(2_000)
  expect(topFor(0, null)).toBe(1)
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (highest) => {
      expect(topFor(highest, null)).toBeGreaterThan(highest)
    }),
  )
})

test('what is reached never shrinks with a worse price, and its sum is that of the curve', () => {
  const made = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 99 })), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(made, fc.integer({ min: 1, max: 500 }), (pairs, price) => {
      const { bids } = bookOf(
        pairs.map(([at, quantity]) => [d(at), d(quantity)]),
        [],
      )
      const { quantity, cost } = reachTo(bids, 'buy', d(price))
      const further = reachTo(bids, 'buy', d(price - 1))
      expect(further.quantity >= quantity && further.cost >= cost).toBe(true)
      expect(totalAt(curveOf(bids), price, 'buy')).toBe(toNumber(quantity))
    }),
  )
})
