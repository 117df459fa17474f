import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Book, bookOf, changeBook, EMPTY_BOOK, quantityAt } from '@/stream/book'
import { type Decimal, decimalOf } from '@/wire/decimal'
import type { Level } from '@/wire/messages'

const levels = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 5 }))
    .map(([price, quantity]): Level => [decimalOf(price), decimalOf(quantity)]),
)

/** The plainest book there is: a map. */
function plain(changes: readonly (readonly Level[])[], descending: boolean) {
  const there = new Map<Decimal, Decimal>()
  for (const batch of changes) {
    for (const [price, quantity] of batch) {
      if (quantity === 0n) there.delete(price)
      else there.set(price, quantity)
    }
  }
  return [...there]
    .sort(([a], [b]) => (a < b === descending ? 1 : -1))
    .map(([price, quantity]) => ({ price, quantity }))
}

test('after any changes the book equals a plain map of levels, sorted', () => {
  fc.assert(
    fc.property(fc.array(levels, { maxLength: 8 }), (batches) => {
      const book = batches.reduce<Book>((before, batch) => changeBook(before, batch, batch), EMPTY_BOOK)
      expect(book.bids).toEqual(plain(batches, true))
      expect(book.asks).toEqual(plain(batches, false))
    }),
  )
})

test('a side that did not change stays the same object', () => {
  const before = bookOf([[decimalOf(1), decimalOf(1)]], [[decimalOf(2), decimalOf(1)]])
  const after = changeBook(before, [[decimalOf(1), decimalOf(2)]], [])
  expect(after.asks).toBe(before.asks)
  expect(before.bids[0]?.quantity).toBe(decimalOf(1))
})

test('what rests at a price is found, and zero where nothing does', () => {
  const book = bookOf([[decimalOf('99.5'), decimalOf(7)]], [])
  expect(quantityAt(book, 'buy', decimalOf('99.50'))).toBe(decimalOf(7))
  expect(quantityAt(book, 'buy', decimalOf('99.51'))).toBe(0n)
  expect(quantityAt(book, 'sell', decimalOf('99.5'))).toBe(0n)
})
