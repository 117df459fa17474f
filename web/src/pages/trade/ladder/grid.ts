/**
 * The ladder's fixed grid: a row for each multiple of the unit (a step, or a group of steps), numbered by it, so that a
 * price has the same row wherever the market goes. Rows are counted upwards with the price, and shown from the top down.
 */

import type { Book, BookLevel } from '@/stream/book'
import { groupOf } from '@/trading/grouping'
import { add, type Decimal, ZERO } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

/** Rows that are in sight at most, however high the panel is. */
const ROWS_MAX = 200

/** The rows in sight: `top` is the number of the highest. */
export interface Span {
  readonly top: bigint
  readonly count: number
}

/** How many whole rows a height holds. */
export const rowsIn = (height: number, rowHeight: number): number =>
  Math.max(0, Math.min(ROWS_MAX, Math.floor(height / rowHeight)))

/** No row is below the first: nothing is priced at zero. */
export const clampTop = (top: bigint, count: number): bigint => (top < BigInt(count) ? BigInt(count) : top)

/** The top that puts a row in the middle. */
export const centredTop = (row: bigint, count: number): bigint =>
  clampTop(row + BigInt(Math.floor(count / 2)), count)

/** The numbers of the rows in sight, from the top down. */
export const rowsOf = ({ top, count }: Span): bigint[] =>
  Array.from({ length: count }, (_, place) => top - BigInt(place)).filter((row) => row > 0n)

/** Where a row stands, counted from the top; null where it is out of sight. */
export function placeOfRow(row: bigint, { top, count }: Span): number | null {
  const place = Number(top - row)
  return place >= 0 && place < count ? place : null
}

/** The row under a height in pixels from the top; the nearest where it lies outside. */
export function rowUnder(y: number, rowHeight: number, { top, count }: Span): bigint {
  const place = Math.min(Math.max(0, count - 1), Math.max(0, Math.floor(y / rowHeight)))
  const row = top - BigInt(place)
  return row < 1n ? 1n : row
}

/** The top that brings a row into sight, moving as little as can be. */
export function topShowing(row: bigint, span: Span): bigint {
  const lowest = span.top - BigInt(span.count) + 1n
  if (row > span.top) return clampTop(row, span.count)
  if (row < lowest) return clampTop(row + BigInt(span.count) - 1n, span.count)
  return span.top
}

/** Whether a row has left the middle half, where the market is kept. */
export function isOffCentre(row: bigint, span: Span): boolean {
  const place = placeOfRow(row, span)
  if (place === null) return true
  return place < Math.floor(span.count / 4) || place > Math.ceil((span.count * 3) / 4)
}

/** The row that the market is about: between the best prices, or at the last one. */
export function middleRow(book: Book | null, last: Decimal | null, unit: Decimal): bigint | null {
  const bid = book?.bids[0]?.price
  const ask = book?.asks[0]?.price
  if (bid !== undefined && ask !== undefined) {
    return (groupOf(bid, 'buy', unit) + groupOf(ask, 'sell', unit)) / 2n
  }
  const price = bid ?? ask ?? last
  return price === null ? null : groupOf(price, 'buy', unit)
}

/** The quantity of each row of a side in sight; the levels come best first. */
export function cellsOf(
  levels: readonly BookLevel[],
  side: Side,
  unit: Decimal,
  span: Span,
): ReadonlyMap<bigint, Decimal> {
  const cells = new Map<bigint, Decimal>()
  const lowest = span.top - BigInt(span.count) + 1n
  for (const level of levels) {
    const row = groupOf(level.price, side, unit)
    if (side === 'buy' ? row < lowest : row > span.top) break
    if (row > span.top || row < lowest) continue
    cells.set(row, add(cells.get(row) ?? ZERO, level.quantity))
  }
  return cells
}

/** Whole rows in a turn of the wheel, and the pixels that are left for the next one. */
export function wheelRows(
  left: number,
  turned: number,
  rowHeight: number,
): { readonly rows: number; readonly left: number } {
  const pixels = left + turned
  const rows = Math.trunc(pixels / rowHeight)
  return { rows, left: pixels - rows * rowHeight }
}
