/** Things by side and price, and which prices two books tell differently. Pure. */
import type { Book, BookLevel } from '@/stream/book'
import { add, type Decimal, ZERO } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

export type Levels<Thing> = Readonly<Record<Side, ReadonlyMap<Decimal, Thing>>>
export type LevelsDraft<Thing> = Readonly<Record<Side, Map<Decimal, Thing>>>

export const SIDES: readonly Side[] = ['buy', 'sell']

interface AtLevel {
  readonly side: Side
  readonly price: Decimal
}

export const noLevels = <Thing>(): LevelsDraft<Thing> => ({ buy: new Map(), sell: new Map() })

/** Put one more thing at a price. */
export function pushAt<Thing>(levels: LevelsDraft<Thing[]>, { side, price }: AtLevel, thing: Thing): void {
  const there = levels[side].get(price)
  if (there) there.push(thing)
  else levels[side].set(price, [thing])
}

export const sumAt = (sums: Levels<Decimal>, side: Side, price: Decimal): Decimal =>
  sums[side].get(price) ?? ZERO

export function addAt(sums: LevelsDraft<Decimal>, { side, price }: AtLevel, quantity: Decimal): void {
  sums[side].set(price, add(sumAt(sums, side, price), quantity))
}

/** Changes summed price by price. */
export function sumsOf(changes: Iterable<AtLevel & { readonly change: Decimal }>): LevelsDraft<Decimal> {
  const sums = noLevels<Decimal>()
  for (const one of changes) addAt(sums, one, one.change)
  return sums
}

/** Which things are at which price, in the order in which they come. */
export function levelsOf(things: ReadonlyMap<string, AtLevel>): Levels<readonly string[]> {
  const levels = noLevels<string[]>()
  for (const [id, thing] of things) pushAt(levels, thing, id)
  return levels
}

/** The prices of a side at which two books differ: one walk along both, since both are sorted alike. */
export function changedPrices(before: Book, now: Book, side: Side): readonly Decimal[] {
  const [old, fresh] = side === 'buy' ? [before.bids, now.bids] : [before.asks, now.asks]
  // A book shares with the one before what did not change.
  if (old === fresh) return []
  const prices: Decimal[] = []
  let left = 0
  let right = 0
  while (left < old.length || right < fresh.length) {
    const [a, b] = [old[left], fresh[right]]
    const order = orderOf(a, b, side)
    if (order <= 0) left += 1
    if (order >= 0) right += 1
    const there = order <= 0 ? a : b
    if (there && (order !== 0 || a?.quantity !== b?.quantity)) prices.push(there.price)
  }
  return prices
}

/** Which of two levels comes first, below zero for the first one; one that is not there comes last. */
function orderOf(a: BookLevel | undefined, b: BookLevel | undefined, side: Side): -1 | 0 | 1 {
  if (a === b) return 0
  if (!b) return -1
  if (!a) return 1
  if (a.price === b.price) return 0
  return a.price > b.price === (side === 'buy') ? -1 : 1
}
