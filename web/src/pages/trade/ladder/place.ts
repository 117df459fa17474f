/** The place of an own order in its queue, and how it moves as its level changes. Pure; `queue.ts` says by which rule. */
import { add, type Decimal, larger, smaller, subtract, ZERO } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

/** A working order of one's own that rests in the book. */
export interface Resting {
  readonly side: Side
  readonly price: Decimal
  readonly quantity: Decimal
  readonly filled: Decimal
}

export interface Place extends Resting {
  /** What is ahead of it; null while the book is not known. */
  readonly ahead: Decimal | null
  /** Whether `ahead` is the likeliest figure, or the most that it can be. */
  readonly kind: 'estimate' | 'bound'
  /** Which of one's own came first. */
  readonly arrival: number
}

export const remainingOf = (order: Resting): Decimal => subtract(order.quantity, order.filled)

export const positive = (value: Decimal): Decimal => larger(value, ZERO)

/** One's orders at a price, of which `shown` is there where another quantity was expected: those that moved. */
export function placesAt(
  places: ReadonlyMap<string, Place>,
  ids: readonly string[],
  shown: Decimal,
  expected: Decimal,
): readonly (readonly [string, Place])[] {
  const changed: (readonly [string, Place])[] = []
  const cancelled = positive(subtract(expected, shown))
  let before = ZERO
  let behind = ids.reduce((sum, id) => add(sum, remainingIn(places, id)), ZERO)
  for (const id of ids) {
    const place = places.get(id)
    if (!place) continue
    const remaining = remainingOf(place)
    behind = subtract(behind, remaining)
    const ahead = aheadAfter(place, { before, behind }, positive(shown), cancelled)
    before = add(before, remaining)
    if (ahead !== place.ahead) changed.push([id, { ...place, ahead }])
  }
  return changed
}

function remainingIn(places: ReadonlyMap<string, Place>, id: string): Decimal {
  const place = places.get(id)
  return place ? remainingOf(place) : ZERO
}

/** One's own other orders at a price. */
interface Mine {
  readonly before: Decimal
  readonly behind: Decimal
}

/** What is ahead once `cancelled` has left a level that holds `level` now; `mine` are one's other orders there. */
function aheadAfter(place: Place, mine: Mine, level: Decimal, cancelled: Decimal): Decimal {
  const remaining = remainingOf(place)
  const most = positive(subtract(level, remaining))
  if (place.ahead === null) return most
  if (place.kind === 'bound' || cancelled === 0n) return smaller(place.ahead, most)
  const ahead = positive(subtract(place.ahead, mine.before))
  const whole = add(level, cancelled)
  const behind = positive((whole - place.ahead - remaining - mine.behind) as Decimal)
  const pool = add(ahead, behind)
  // Rounded down, so that the estimate is never rosier than the rule.
  const share = pool === 0n ? ZERO : smaller(ahead, ((cancelled * ahead) / pool) as Decimal)
  return smaller(subtract(place.ahead, share), most)
}
