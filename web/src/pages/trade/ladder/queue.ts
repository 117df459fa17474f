/**
 * How much rests ahead of each own order: an estimate, since the book tells levels and not orders. Pure: what was known
 * and what is seen now give what is known next.
 *
 * Source: E. Rigtorp, "Estimating order queue position" (2013),
 * rigtorp.se/2013/06/08/estimating-order-queue-position.html, with f(x) = x:
 * - what rests at the price when an order arrives is ahead of it;
 * - a trade at the price takes from the front;
 * - what a level loses beyond its trades was cancelled, ahead and behind in proportion to what others have there;
 * - what a level gains stands behind;
 * - less quantity of one's own keeps the place, more or another price loses it;
 * - a fill of one's own proves that nothing is ahead, and nobody is ever behind more than the level holds.
 *
 * Of an order that was there before this page looked, only a bound is known: all the others of its level. Trades and a
 * shrinking level lower the bound; cancels are taken to be behind.
 *
 * Trades and own orders are told at once and the book a moment later: what is known already waits in `unseen` until a
 * book shows it, so that nothing is counted twice. A trade's number is its sequence, and a book of that sequence or a
 * later one shows it. Own orders carry no sequence that a book could be compared with, but they are told before any book
 * that shows them: the next one does. Where both come in the same look, the level itself decides.
 *
 * Assumes price-time priority; hidden reserves count only when they show.
 */
import { type Book, quantityAt } from '@/stream/book'
import { absolute, add, type Decimal, larger, negate, smaller, subtract, ZERO } from '@/wire/decimal'
import type { Sequence, Side } from '@/wire/reading'
import type { Trade } from '@/wire/views'

/** Changes that wait for the book to show them, at most. */
const UNSEEN_MAX = 2_000

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

interface Unseen {
  readonly side: Side
  readonly price: Decimal
  readonly change: Decimal
  /** Null for one's own, which the next book shows. */
  readonly sequence: Sequence | null
}

export interface Queues {
  readonly book: Book | null
  readonly bookSequence: Sequence | null
  readonly newestTrade: Sequence | null
  /** Whether orders were seen before: one that is new now arrived now. */
  readonly watching: boolean
  readonly places: ReadonlyMap<string, Place>
  readonly unseen: readonly Unseen[]
  readonly arrivals: number
}

export const NO_QUEUES: Queues = {
  book: null,
  bookSequence: null,
  newestTrade: null,
  watching: false,
  places: new Map(),
  unseen: [],
  arrivals: 0,
}

/** What the stream knows at one moment. */
export interface Seen {
  /** Null where it is not up to date. */
  readonly book: Book | null
  readonly bookSequence: Sequence | null
  /** Newest first. */
  readonly trades: readonly Trade[]
  /** Null where the account is not up to date. */
  readonly orders: ReadonlyMap<string, Resting> | null
  /** How much of an order that has ended was filled; undefined where that is not known. */
  readonly filledOf: (orderId: string) => Decimal | undefined
}

export const remainingOf = (order: Resting): Decimal => subtract(order.quantity, order.filled)

/** Return what is known after a look at the stream. */
export function observe(queues: Queues, seen: Seen): Queues {
  return withBook(withTrades(withOrders(queues, seen), seen.trades), seen, queues.unseen)
}

const positive = (value: Decimal): Decimal => larger(value, ZERO)

const sits = (thing: { side: Side; price: Decimal }, side: Side, price: Decimal): boolean =>
  thing.side === side && thing.price === price

const sumAt = (unseen: readonly Unseen[], side: Side, price: Decimal): Decimal =>
  unseen.reduce((sum, one) => (sits(one, side, price) ? add(sum, one.change) : sum), ZERO)

/** A look in the making. */
interface Draft {
  readonly places: Map<string, Place>
  readonly unseen: Unseen[]
}

/** Remember a change of one's own until the book shows it. */
function note({ unseen }: Draft, { side, price }: Resting, change: Decimal): void {
  if (change !== 0n) unseen.push({ side, price, change, sequence: null })
}

/** A quantity of one's own leaves its place: one's later orders there move up by just that. */
function leave(draft: Draft, place: Place, quantity: Decimal): void {
  if (quantity <= 0n) return
  note(draft, place, negate(quantity))
  for (const [id, other] of draft.places) {
    if (!sits(other, place.side, place.price) || other.arrival <= place.arrival) continue
    if (other.kind !== 'estimate' || other.ahead === null) continue
    draft.places.set(id, { ...other, ahead: positive(subtract(other.ahead, quantity)) })
  }
}

/** An order that was known, as it is now; one that lost its place is taken out of it. Whether anything changed. */
function update(draft: Draft, id: string, order: Resting | undefined, seen: Seen): boolean {
  const place = draft.places.get(id)
  if (place === undefined) return false
  if (order === undefined) {
    const filled = subtract(seen.filledOf(id) ?? place.filled, place.filled)
    draft.places.delete(id)
    leave(draft, place, subtract(remainingOf(place), filled))
    return true
  }
  if (!sits(order, place.side, place.price) || order.quantity > place.quantity) {
    draft.places.delete(id)
    leave(draft, place, remainingOf(place))
    return true
  }
  if (order.quantity === place.quantity && order.filled === place.filled) return false
  leave(draft, place, subtract(place.quantity, order.quantity))
  const front = order.filled > place.filled ? { ahead: ZERO, kind: 'estimate' as const } : {}
  draft.places.set(id, { ...place, ...order, ...front })
  return true
}

/** Orders as they are now: new ones join the end of their queue. */
function withOrders(queues: Queues, seen: Seen): Queues {
  const { orders } = seen
  if (orders === null) return queues.watching ? { ...queues, watching: false } : queues
  const draft: Draft = { places: new Map(queues.places), unseen: [...queues.unseen] }
  let { arrivals } = queues
  let changed = !queues.watching
  for (const id of queues.places.keys()) changed = update(draft, id, orders.get(id), seen) || changed
  for (const [id, order] of orders) {
    if (draft.places.has(id)) continue
    draft.places.set(id, arrive(queues, draft.unseen, order, arrivals))
    arrivals += 1
    if (queues.watching) note(draft, order, remainingOf(order))
    changed = true
  }
  if (!changed) return queues
  return {
    ...queues,
    watching: true,
    places: draft.places,
    unseen: draft.unseen.slice(-UNSEEN_MAX),
    arrivals,
  }
}

function arrive(queues: Queues, unseen: readonly Unseen[], order: Resting, arrival: number): Place {
  const { book, watching } = queues
  // The newest book says how much there can be, once it is looked at.
  if (book === null || !watching) return { ...order, arrival, ahead: null, kind: 'bound' }
  const { side, price } = order
  const ahead = positive(add(quantityAt(book, side, price), sumAt(unseen, side, price)))
  return { ...order, arrival, ahead, kind: 'estimate' }
}

/** Trades that nothing has counted yet, newest first: what the book shows already it has counted. */
function freshOf(queues: Queues, trades: readonly Trade[]): readonly Trade[] {
  const { bookSequence, newestTrade } = queues
  if (bookSequence === null) return []
  const counted = newestTrade !== null && newestTrade > bookSequence ? newestTrade : bookSequence
  const end = trades.findIndex((trade) => trade.trade_id <= counted)
  return end < 0 ? trades : trades.slice(0, end)
}

/** Trades take from the front, at once. */
function withTrades(queues: Queues, trades: readonly Trade[]): Queues {
  const newest = trades[0]?.trade_id
  if (newest === undefined || newest === queues.newestTrade) return queues
  const unseen = [...queues.unseen]
  let places: Map<string, Place> | null = null
  for (const trade of freshOf(queues, trades)) {
    if (trade.side === 'auction') continue
    const side: Side = trade.side === 'buy' ? 'sell' : 'buy'
    unseen.push({ side, price: trade.price, change: negate(trade.quantity), sequence: trade.trade_id })
    for (const [id, place] of places ?? queues.places) {
      if (!sits(place, side, trade.price) || place.ahead === null || place.ahead === 0n) continue
      places ??= new Map(queues.places)
      places.set(id, { ...place, ahead: positive(subtract(place.ahead, trade.quantity)) })
    }
  }
  return {
    ...queues,
    newestTrade: newest,
    // Who looks at the places alone is not told where they stayed the same.
    places: places ?? queues.places,
    unseen: unseen.slice(-UNSEEN_MAX),
  }
}

/** What a new book does not show yet, of what was noted before this look and in it. */
function stillUnseen(queues: Queues, seen: Seen, before: readonly Unseen[]): readonly Unseen[] {
  const { book, bookSequence } = seen
  if (book === null || bookSequence === null) return queues.unseen
  const old = new Set(before)
  const isShown = (one: Unseen) => (one.sequence === null ? old.has(one) : one.sequence <= bookSequence)
  const shown = queues.unseen.filter(isShown)
  const rest = queues.unseen.filter((one) => !isShown(one))
  // The book may have come before one's own order or after it: it did after if the order explains the level better.
  return rest.filter((one) => {
    if (one.sequence !== null || queues.book === null) return one.sequence !== null
    const { side, price } = one
    const now = quantityAt(book, side, price)
    const expected = add(quantityAt(queues.book, side, price), sumAt(shown, side, price))
    const own = sumAt(
      rest.filter((other) => other.sequence === null),
      side,
      price,
    )
    return absolute(subtract(now, add(expected, own))) >= absolute(subtract(now, expected))
  })
}

/** The levels as the book tells them now: what nothing known explains was done by others. */
function withBook(queues: Queues, seen: Seen, before: readonly Unseen[]): Queues {
  const { book, bookSequence } = seen
  if (book === null || bookSequence === null) return queues
  const same = queues.book !== null && bookSequence === queues.bookSequence
  if (same && [...queues.places.values()].every((place) => place.ahead !== null)) return queues
  const later = same ? queues.unseen : stillUnseen(queues, seen, before)
  let places: Map<string, Place> | null = null
  for (const [id, place] of queues.places) {
    const { side, price } = place
    const shown = add(quantityAt(book, side, price), sumAt(later, side, price))
    const expected =
      queues.book === null
        ? shown
        : add(quantityAt(queues.book, side, price), sumAt(queues.unseen, side, price))
    const cancelled = positive(subtract(expected, shown))
    const others = [...queues.places.values()].filter((other) => other !== place && sits(other, side, price))
    const ahead = aheadAfter(place, others, positive(shown), cancelled)
    if (ahead === place.ahead) continue
    places ??= new Map(queues.places)
    places.set(id, { ...place, ahead })
  }
  return { ...queues, book, bookSequence, places: places ?? queues.places, unseen: later }
}

/** What is ahead once `cancelled` has left a level that holds `level` now; `mine` are one's other orders there. */
function aheadAfter(place: Place, mine: readonly Place[], level: Decimal, cancelled: Decimal): Decimal {
  const remaining = remainingOf(place)
  const most = positive(subtract(level, remaining))
  if (place.ahead === null) return most
  if (place.kind === 'bound' || cancelled === 0n) return smaller(place.ahead, most)
  let mineAhead = ZERO
  let mineBehind = ZERO
  for (const other of mine) {
    if (other.arrival < place.arrival) mineAhead = add(mineAhead, remainingOf(other))
    else mineBehind = add(mineBehind, remainingOf(other))
  }
  const ahead = positive(subtract(place.ahead, mineAhead))
  const before = add(level, cancelled)
  const behind = positive((before - place.ahead - remaining - mineBehind) as Decimal)
  const pool = add(ahead, behind)
  // Rounded down, so that the estimate is never rosier than the rule.
  const share = pool === 0n ? ZERO : smaller(ahead, ((cancelled * ahead) / pool) as Decimal)
  return smaller(subtract(place.ahead, share), most)
}
