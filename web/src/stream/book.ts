/** An order book as its channel tells it: sorted levels, best first, never changed in place. */
import type { Decimal } from '@/wire/decimal'
import type { Level } from '@/wire/messages'

export interface BookLevel {
  readonly price: Decimal
  readonly quantity: Decimal
}

export interface Book {
  /** Best first: the highest. */
  readonly bids: readonly BookLevel[]
  /** Best first: the lowest. */
  readonly asks: readonly BookLevel[]
}

export const EMPTY_BOOK: Book = { bids: [], asks: [] }

type Before = (a: Decimal, b: Decimal) => boolean
const higher: Before = (a, b) => a > b
const lower: Before = (a, b) => a < b

/** Where a price stands in levels that are sorted by `before`, or where it would. */
function placeOf(levels: readonly BookLevel[], price: Decimal, before: Before): number {
  let low = 0
  let high = levels.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const there = levels[middle]
    if (there && before(there.price, price)) low = middle + 1
    else high = middle
  }
  return low
}

/** Levels with changes in them; a quantity of zero ends a level. The same array where nothing changes. */
function changed(
  levels: readonly BookLevel[],
  changes: readonly Level[],
  before: Before,
): readonly BookLevel[] {
  if (changes.length === 0) return levels
  const next = [...levels]
  for (const [price, quantity] of changes) {
    const place = placeOf(next, price, before)
    const stands = next[place]?.price === price
    if (quantity === 0n) {
      if (stands) next.splice(place, 1)
    } else {
      next.splice(place, stands ? 1 : 0, { price, quantity })
    }
  }
  return next
}

/** The book after increments. */
export function changeBook(book: Book, bids: readonly Level[], asks: readonly Level[]): Book {
  return { bids: changed(book.bids, bids, higher), asks: changed(book.asks, asks, lower) }
}

/** A book from a snapshot, whatever the order of its levels. */
export const bookOf = (bids: readonly Level[], asks: readonly Level[]): Book =>
  changeBook(EMPTY_BOOK, bids, asks)

/** What rests at a price, zero where nothing does. */
export function quantityAt(book: Book, side: 'buy' | 'sell', price: Decimal): Decimal {
  const [levels, before] = side === 'buy' ? ([book.bids, higher] as const) : ([book.asks, lower] as const)
  const level = levels[placeOf(levels, price, before)]
  return level?.price === price ? level.quantity : (0n as Decimal)
}
