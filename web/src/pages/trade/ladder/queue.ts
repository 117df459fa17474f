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
 *
 * Somebody may have thousands of orders, and there is a look with every frame: own orders are looked through only when
 * they changed, and trades and books touch only the places at the prices that they change.
 */
import {
  addAt,
  changedPrices,
  type Levels,
  type LevelsDraft,
  levelsOf,
  noLevels,
  pushAt,
  SIDES,
  sumAt,
  sumsOf,
} from '@/pages/trade/ladder/levels'
import { type Place, placesAt, positive, type Resting, remainingOf } from '@/pages/trade/ladder/place'
import { type Book, quantityAt } from '@/stream/book'
import { absolute, add, type Decimal, negate, subtract, ZERO } from '@/wire/decimal'
import type { Sequence, Side } from '@/wire/reading'
import type { Trade } from '@/wire/views'

/** Changes that wait for the book to show them, at most. */
const UNSEEN_MAX = 2_000

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
  /** Those that came first come first. */
  readonly places: ReadonlyMap<string, Place>
  /** The same by price. */
  readonly levels: Levels<readonly string[]>
  /** Whether there may be places of which nothing is known yet. */
  readonly unknown: boolean
  /** The orders that were looked through last. */
  readonly orders: ReadonlyMap<string, Resting> | null
  readonly unseen: readonly Unseen[]
  readonly arrivals: number
}

export const NO_QUEUES: Queues = {
  book: null,
  bookSequence: null,
  newestTrade: null,
  watching: false,
  places: new Map(),
  levels: noLevels(),
  unknown: false,
  orders: null,
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
  /** Null where the account is not up to date; the same map where nothing of it changed. */
  readonly orders: ReadonlyMap<string, Resting> | null
  /** How much of an order that has ended was filled; undefined where that is not known. */
  readonly filledOf: (orderId: string) => Decimal | undefined
}

/** Return what is known after a look at the stream. */
export function observe(queues: Queues, seen: Seen): Queues {
  return withBook(withTrades(withOrders(queues, seen), seen.trades), seen, queues.unseen)
}

const sits = (thing: { side: Side; price: Decimal }, side: Side, price: Decimal): boolean =>
  thing.side === side && thing.price === price

const newestOf = (unseen: readonly Unseen[]): readonly Unseen[] =>
  unseen.length > UNSEEN_MAX ? unseen.slice(-UNSEEN_MAX) : unseen

/** A quantity of one's own that left its place. */
interface Leave {
  readonly arrival: number
  readonly quantity: Decimal
}

/** A look in the making. */
interface Draft {
  readonly places: Map<string, Place>
  readonly unseen: Unseen[]
  /** Earlier ones first, at each price. */
  readonly leaves: LevelsDraft<Leave[]>
}

/** A quantity of one's own leaves its place. */
function leave({ unseen, leaves }: Draft, place: Place, quantity: Decimal): void {
  if (quantity <= 0n) return
  const { side, price, arrival } = place
  unseen.push({ side, price, change: negate(quantity), sequence: null })
  pushAt(leaves, place, { arrival, quantity })
}

/** One's later orders at each price move up by just what of one's own left before them. */
function moveUp({ places, leaves }: Draft, levels: Levels<readonly string[]>): void {
  for (const side of SIDES) {
    for (const [price, left] of leaves[side]) moveUpAt(places, levels[side].get(price) ?? [], left)
  }
}

function moveUpAt(places: Map<string, Place>, ids: readonly string[], left: readonly Leave[]): void {
  let gone = ZERO
  let next = 0
  for (const id of ids) {
    const place = places.get(id)
    if (!place) continue
    for (let one = left[next]; one && one.arrival < place.arrival; one = left[next]) {
      gone = add(gone, one.quantity)
      next += 1
    }
    if (gone === 0n || place.kind !== 'estimate' || place.ahead === null) continue
    places.set(id, { ...place, ahead: positive(subtract(place.ahead, gone)) })
  }
}

type Update = 'same' | 'changed' | 'gone'

/** An order that was known, as it is now; one that lost its place is taken out of it. */
function update(draft: Draft, id: string, place: Place, order: Resting | undefined, seen: Seen): Update {
  if (order === undefined) {
    const filled = subtract(seen.filledOf(id) ?? place.filled, place.filled)
    draft.places.delete(id)
    leave(draft, place, subtract(remainingOf(place), filled))
    return 'gone'
  }
  if (!sits(order, place.side, place.price) || order.quantity > place.quantity) {
    draft.places.delete(id)
    leave(draft, place, remainingOf(place))
    return 'gone'
  }
  if (order.quantity === place.quantity && order.filled === place.filled) return 'same'
  leave(draft, place, subtract(place.quantity, order.quantity))
  const front = order.filled > place.filled ? { ahead: ZERO, kind: 'estimate' as const } : {}
  draft.places.set(id, { ...place, ...order, ...front })
  return 'changed'
}

/** Orders as they are now: new ones join the end of their queue. */
function withOrders(queues: Queues, seen: Seen): Queues {
  const { orders } = seen
  if (orders === null) return queues.watching ? { ...queues, watching: false, orders } : queues
  if (queues.watching && orders === queues.orders) return queues
  const draft: Draft = { places: new Map(queues.places), unseen: [...queues.unseen], leaves: noLevels() }
  let changed = !queues.watching
  let moved = false
  for (const [id, place] of queues.places) {
    const how = update(draft, id, place, orders.get(id), seen)
    if (how !== 'same') changed = true
    if (how === 'gone') moved = true
  }
  moveUp(draft, queues.levels)
  const arrivals = withArrivals(queues, draft, orders)
  if (arrivals > queues.arrivals) moved = true
  if (!changed && !moved) return { ...queues, orders }
  return {
    ...queues,
    watching: true,
    orders,
    places: draft.places,
    levels: moved ? levelsOf(draft.places) : queues.levels,
    unknown: queues.unknown || (arrivals > queues.arrivals && !knowsArrivals(queues)),
    unseen: newestOf(draft.unseen),
    arrivals,
  }
}

/** Give orders that are new their places, and return how many have ever come. */
function withArrivals(
  queues: Queues,
  { places, unseen }: Draft,
  orders: ReadonlyMap<string, Resting>,
): number {
  let { arrivals } = queues
  let sums: LevelsDraft<Decimal> | null = null
  for (const [id, order] of orders) {
    if (places.has(id)) continue
    sums ??= sumsOf(unseen)
    const { side, price } = order
    places.set(id, arrive(queues, sumAt(sums, side, price), order, arrivals))
    arrivals += 1
    const change = remainingOf(order)
    if (!queues.watching || change === 0n) continue
    unseen.push({ side, price, change, sequence: null })
    addAt(sums, order, change)
  }
  return arrivals
}

/** Whether it is known what is ahead of an order that comes now. */
const knowsArrivals = ({ book, watching }: Queues): boolean => book !== null && watching

function arrive(queues: Queues, unseen: Decimal, order: Resting, arrival: number): Place {
  const { book } = queues
  // The newest book says how much there can be, once it is looked at.
  if (book === null || !knowsArrivals(queues)) return { ...order, arrival, ahead: null, kind: 'bound' }
  const { side, price } = order
  const ahead = positive(add(quantityAt(book, side, price), unseen))
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
  const taken = noLevels<Decimal>()
  for (const trade of freshOf(queues, trades)) {
    if (trade.side === 'auction') continue
    const { price, quantity } = trade
    const side: Side = trade.side === 'buy' ? 'sell' : 'buy'
    unseen.push({ side, price, change: negate(quantity), sequence: trade.trade_id })
    addAt(taken, { side, price }, quantity)
  }
  return {
    ...queues,
    newestTrade: newest,
    places: withTaken(queues, taken),
    unseen: newestOf(unseen),
  }
}

/** Places once this was taken from the front. Who looks at them alone is not told where they stayed the same. */
function withTaken({ places, levels }: Queues, taken: Levels<Decimal>): ReadonlyMap<string, Place> {
  let next: Map<string, Place> | null = null
  for (const side of SIDES) {
    for (const [price, quantity] of taken[side]) {
      for (const id of levels[side].get(price) ?? []) {
        const place = places.get(id)
        if (!place?.ahead) continue
        next ??= new Map(places)
        next.set(id, { ...place, ahead: positive(subtract(place.ahead, quantity)) })
      }
    }
  }
  return next ?? places
}

/** What a new book does not show yet, of what was noted before this look and in it. */
function stillUnseen(queues: Queues, seen: Seen, before: readonly Unseen[]): readonly Unseen[] {
  const { book, bookSequence } = seen
  if (book === null || bookSequence === null || queues.unseen.length === 0) return queues.unseen
  const old = new Set(before)
  const isShown = (one: Unseen) => (one.sequence === null ? old.has(one) : one.sequence <= bookSequence)
  const shown = sumsOf(queues.unseen.filter(isShown))
  const rest = queues.unseen.filter((one) => !isShown(one))
  const own = sumsOf(rest.filter((one) => one.sequence === null))
  // The book may have come before one's own order or after it: it did after if the order explains the level better.
  return rest.filter((one) => {
    if (one.sequence !== null || queues.book === null) return one.sequence !== null
    const { side, price } = one
    const now = quantityAt(book, side, price)
    const expected = add(quantityAt(queues.book, side, price), sumAt(shown, side, price))
    const withOwn = add(expected, sumAt(own, side, price))
    return absolute(subtract(now, withOwn)) >= absolute(subtract(now, expected))
  })
}

/** Own prices of a side of which a new book, or what was not seen in the one before, may say anything new. */
function touchedOf(queues: Queues, book: Book, unseen: Levels<Decimal>, side: Side): Iterable<Decimal> {
  if (queues.book === null || queues.unknown) return queues.levels[side].keys()
  return new Set([...changedPrices(queues.book, book, side), ...unseen[side].keys()])
}

/** The levels as the book tells them now: what nothing known explains was done by others. */
function withBook(queues: Queues, seen: Seen, before: readonly Unseen[]): Queues {
  const { book, bookSequence } = seen
  if (book === null || bookSequence === null) return queues
  const same = queues.book !== null && bookSequence === queues.bookSequence
  if (same && !queues.unknown) return queues
  const later = same ? queues.unseen : stillUnseen(queues, seen, before)
  const places = withLevels(queues, book, later)
  return { ...queues, book, bookSequence, places, unknown: false, unseen: later }
}

/** Places at the levels that a new book changed, where `later` is what it does not show yet. */
function withLevels(queues: Queues, book: Book, later: readonly Unseen[]): ReadonlyMap<string, Place> {
  const { levels, places } = queues
  const laterSums = sumsOf(later)
  const sums = sumsOf(queues.unseen)
  const holds = (of: Book, unseen: Levels<Decimal>, side: Side, price: Decimal): Decimal =>
    add(quantityAt(of, side, price), sumAt(unseen, side, price))
  let next: Map<string, Place> | null = null
  for (const side of SIDES) {
    for (const price of touchedOf(queues, book, sums, side)) {
      const shown = holds(book, laterSums, side, price)
      const expected = queues.book === null ? shown : holds(queues.book, sums, side, price)
      for (const [id, place] of placesAt(places, levels[side].get(price) ?? [], shown, expected)) {
        next ??= new Map(places)
        next.set(id, place)
      }
    }
  }
  return next ?? places
}
