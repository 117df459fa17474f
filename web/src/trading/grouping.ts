/**
 * Prices in groups: multiples of the step, 1, 2, 5, 10, 20, … times. A bid belongs to the group at or below its price
 * and an ask to the one at or above it, so that no group ever looks better than what is in it.
 */
import type { BookLevel } from '@/stream/book'
import { add, type Decimal, isMultiple, multiply, ofSteps, parseDecimal, stepsIn, ZERO } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

/** Groups that are offered at most. */
const CHOICES_MAX = 10
/** A group wider than this part of the price shows nothing of a market. */
const PART_OF_PRICE = 20n

/** The number of the group that a price belongs to. */
export function groupOf(price: Decimal, side: Side, size: Decimal): bigint {
  if (size <= 0n) return 0n
  // Rounding up is rounding down, seen from the other end.
  return side === 'buy' ? stepsIn(price, size) : -stepsIn(-price as Decimal, size)
}

/** The price that a group is known by. */
export const priceOfGroup = (group: bigint, size: Decimal): Decimal => ofSteps(group, size)

/** The price of the group that a price belongs to. */
export const groupedPrice = (price: Decimal, side: Side, size: Decimal): Decimal =>
  priceOfGroup(groupOf(price, side, size), size)

/** The sizes of groups that make sense for prices about this one: the step itself first. */
export function groupSizes(step: Decimal, price: Decimal | null): Decimal[] {
  const sizes: Decimal[] = [step]
  if (step <= 0n || price === null) return sizes
  for (let power = 1n; sizes.length < CHOICES_MAX; power *= 10n) {
    for (const digit of power === 1n ? [2n, 5n] : [1n, 2n, 5n]) {
      const size = ofSteps(digit * power, step)
      if (size * PART_OF_PRICE > price || sizes.length >= CHOICES_MAX) return sizes
      sizes.push(size)
    }
  }
  return sizes
}

/** A row of the book: what rests at a price or in a group, and what rests from the best price down to there. */
export interface BookRow {
  /** Counted from the best. */
  readonly place: number
  readonly price: Decimal
  readonly quantity: Decimal
  readonly total: Decimal
  /** What the total is worth at the prices where it rests, exactly: groups are told apart here. */
  readonly cost: Decimal
}

/** The first rows of a side, best first. The levels are sorted so. */
export function bookRows(levels: readonly BookLevel[], side: Side, size: Decimal, most: number): BookRow[] {
  const rows: BookRow[] = []
  let total = ZERO
  let cost = ZERO
  for (const level of levels) {
    const price = groupedPrice(level.price, side, size)
    const before = rows.at(-1)
    const same = before?.price === price
    if (!same && rows.length >= most) break
    total = add(total, level.quantity)
    cost = add(cost, multiply(level.price, level.quantity))
    const row: BookRow = {
      place: same ? before.place : rows.length,
      price,
      quantity: same ? add(before.quantity, level.quantity) : level.quantity,
      total,
      cost,
    }
    if (same) rows[rows.length - 1] = row
    else rows.push(row)
  }
  return rows
}

/** What all levels of a side hold together. */
export const sumOf = (levels: readonly BookLevel[]): Decimal =>
  levels.reduce((sum, level) => add(sum, level.quantity), ZERO)

/** The chosen size, if it still is a multiple of the step. */
export function chosenGroup(text: string | undefined, step: Decimal): Decimal {
  const size = parseDecimal(text ?? '')
  return size !== null && size > 0n && isMultiple(size, step) ? size : step
}
