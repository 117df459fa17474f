import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Resting } from '@/pages/trade/ladder/place'
import { NO_QUEUES, observe, type Queues, type Seen } from '@/pages/trade/ladder/queue'
import { type Book, bookOf, quantityAt } from '@/stream/book'
import { aTrade, level } from '@/test/examples'
import { type Decimal, decimalOf, toText, ZERO } from '@/wire/decimal'
import { asSequence } from '@/wire/reading'
import type { Trade } from '@/wire/views'

const bid = (quantity: string, filled = '0', price = '99'): Resting => ({
  side: 'buy',
  price: decimalOf(price),
  quantity: decimalOf(quantity),
  filled: decimalOf(filled),
})

const sold = (id: number, quantity: string, price = '99'): Trade => ({
  ...aTrade(id, price, quantity),
  side: 'sell',
})

/** A look at a market whose bids are these, at 99 unless told. */
function look(
  quantity: string,
  sequence: number,
  orders: Record<string, Resting> | null,
  more: { trades?: Trade[]; ended?: Record<string, string>; price?: string } = {},
): Seen {
  return {
    book: bookOf(quantity === '0' ? [] : [level(more.price ?? '99', quantity)], []),
    bookSequence: asSequence(sequence),
    trades: more.trades ?? [],
    orders: orders === null ? null : new Map(Object.entries(orders)),
    filledOf: (id) => {
      const filled = more.ended?.[id]
      return filled === undefined ? undefined : decimalOf(filled)
    },
  }
}

const after = (...looks: Seen[]): Queues => looks.reduce(observe, NO_QUEUES)

function ahead(queues: Queues, id = 'a'): string {
  const place = queues.places.get(id)
  if (!place) return 'gone'
  return `${place.kind} ${place.ahead === null ? '?' : toText(place.ahead)}`
}

const empty = look('100', 1, {})
const arrived = look('100', 1, { a: bid('10') })

test('what rests at the price when an order arrives is ahead of it', () => {
  expect(ahead(after(empty, arrived))).toBe('estimate 100')
})

test('an order at a price where nothing rests is first', () => {
  expect(ahead(after(empty, look('100', 1, { a: bid('10', '0', '98') })))).toBe('estimate 0')
})

test('the book showing the order itself changes nothing', () => {
  expect(ahead(after(empty, arrived, look('110', 3, { a: bid('10') })))).toBe('estimate 100')
})

test('an order and the book that shows it may come in one look', () => {
  const together = look('110', 3, { a: bid('10') })
  expect(ahead(after(empty, together))).toBe('estimate 100')
  expect(ahead(after(empty, together, look('60', 4, { a: bid('10') })))).toBe('estimate 50')
})

test('an order and a book from just before it may come in one look', () => {
  const together = look('105', 3, { a: bid('10') })
  expect(ahead(after(empty, look('104', 2, {}), together))).toBe('estimate 104')
  expect(ahead(after(empty, look('104', 2, {}), together, look('115', 4, { a: bid('10') })))).toBe(
    'estimate 104',
  )
})

test('a trade at the price takes from the front, before the book shows it and once only', () => {
  const trades = [sold(4, '30')]
  const shown = look('110', 3, { a: bid('10') })
  const traded = after(empty, arrived, shown, { ...shown, trades })
  expect(ahead(traded)).toBe('estimate 70')
  expect(ahead(observe(traded, look('80', 5, { a: bid('10') }, { trades })))).toBe('estimate 70')
})

test('trades at another price, of the other side, or of an auction take nothing', () => {
  const trades: Trade[] = [
    { ...sold(6, '5'), side: 'auction' },
    { ...sold(5, '5'), side: 'buy' },
    sold(4, '5', '98'),
  ]
  expect(ahead(after(empty, arrived, { ...arrived, trades }))).toBe('estimate 100')
})

test('a cancel is split by what others have ahead and behind', () => {
  const shown = look('110', 3, { a: bid('10') })
  // 100 ahead and 100 behind: of 50 that are cancelled, 25 were ahead.
  const grown = look('210', 4, { a: bid('10') })
  const shrunk = look('160', 5, { a: bid('10') })
  expect(ahead(after(empty, arrived, shown, grown))).toBe('estimate 100')
  expect(ahead(after(empty, arrived, shown, grown, shrunk))).toBe('estimate 75')
})

test('a cancel with nobody behind was ahead', () => {
  const shown = look('110', 3, { a: bid('10') })
  expect(ahead(after(empty, arrived, shown, look('50', 4, { a: bid('10') })))).toBe('estimate 40')
})

test('trades and cancels in one change of the level are told apart', () => {
  const trades = [sold(4, '20')]
  const shown = look('110', 3, { a: bid('10') })
  const both = look('60', 5, { a: bid('10') }, { trades })
  expect(ahead(after(empty, arrived, shown, both))).toBe('estimate 50')
})

test('a fill proves that nothing is ahead', () => {
  const filled = look('110', 3, { a: bid('10', '4') })
  expect(ahead(after(empty, arrived, filled))).toBe('estimate 0')
})

test('a smaller quantity keeps the place and what others cancelled is not mistaken for it', () => {
  const shown = look('110', 3, { a: bid('10') })
  const smaller = look('110', 3, { a: bid('6') })
  const told = look('106', 5, { a: bid('6') })
  expect(ahead(after(empty, arrived, shown, smaller))).toBe('estimate 100')
  expect(ahead(after(empty, arrived, shown, smaller, told))).toBe('estimate 100')
})

test('a larger quantity goes to the end of the queue', () => {
  const shown = look('110', 3, { a: bid('10') })
  const grown = look('150', 4, { a: bid('10') })
  const larger = look('150', 4, { a: bid('20') })
  expect(ahead(after(empty, arrived, shown, grown, larger))).toBe('estimate 140')
})

test('another price is another queue', () => {
  const shown = look('110', 3, { a: bid('10') })
  const moved = look('110', 3, { a: bid('10', '0', '98') })
  expect(ahead(after(empty, arrived, shown, moved))).toBe('estimate 0')
})

test('the later of two own orders has the earlier one ahead, and moves up when that goes', () => {
  const first = look('110', 3, { a: bid('10') })
  const second = look('110', 3, { a: bid('10'), b: bid('5') })
  const both = after(empty, arrived, first, second)
  expect(ahead(both, 'b')).toBe('estimate 110')
  const gone = observe(both, look('110', 3, { b: bid('5') }, { ended: { a: '0' } }))
  expect(ahead(gone, 'a')).toBe('gone')
  expect(ahead(gone, 'b')).toBe('estimate 100')
  expect(ahead(observe(gone, look('105', 6, { b: bid('5') })), 'b')).toBe('estimate 100')
})

test('own orders never count as cancelled by others', () => {
  const first = look('110', 3, { a: bid('10') })
  const second = look('110', 3, { a: bid('10'), b: bid('5') })
  const shown = look('115', 5, { a: bid('10'), b: bid('5') })
  const cancelled = look('65', 6, { a: bid('10'), b: bid('5') })
  const queues = after(empty, arrived, first, second, shown, cancelled)
  expect(ahead(queues, 'a')).toBe('estimate 50')
  expect(ahead(queues, 'b')).toBe('estimate 60')
})

test('an order that was filled whole leaves no hole', () => {
  const trades = [sold(4, '110')]
  const shown = look('110', 3, { a: bid('10') })
  const filled = look('110', 3, {}, { ended: { a: '10' } })
  const queues = after(empty, arrived, shown, filled, { ...filled, trades })
  expect(ahead(queues)).toBe('gone')
  expect(queues.unseen.map((one) => toText(one.change))).toEqual(['-110'])
  expect(observe(queues, look('0', 5, {}, { trades })).unseen).toEqual([])
})

test('of an order that was there before, only a bound is known', () => {
  const before = look('110', 1, { a: bid('10') })
  expect(ahead(after(before))).toBe('bound 100')
  const trades = [sold(2, '30')]
  expect(ahead(after(before, { ...before, trades }))).toBe('bound 70')
  // Whoever cancelled may have been behind.
  expect(ahead(after(before, look('90', 2, { a: bid('10') })))).toBe('bound 80')
  expect(ahead(after(before, look('150', 2, { a: bid('10') }), look('120', 3, { a: bid('10') })))).toBe(
    'bound 100',
  )
})

test('nothing is known without a book', () => {
  expect(ahead(after({ ...arrived, book: null, bookSequence: null }))).toBe('bound ?')
  expect(ahead(after({ ...arrived, book: null, bookSequence: null }, look('110', 3, { a: bid('10') })))).toBe(
    'bound 100',
  )
})

test('orders that come to light after a lost account are bounded', () => {
  const lost = look('100', 1, null)
  expect(ahead(after(empty, lost, look('110', 2, { a: bid('10') })))).toBe('bound 100')
})

test('a look that shows nothing new changes nothing', () => {
  const queues = after(empty, arrived)
  expect(observe(queues, { ...arrived, book: empty.book })).not.toBe(NO_QUEUES)
  const again = observe(queues, { ...arrived, book: queues.book })
  expect(again).toBe(queues)
})

/** A first-in, first-out level as the venue keeps it, of which the page sees trades at once and the level in between. */
type Step =
  | { readonly kind: 'join' | 'place'; readonly quantity: number }
  | { readonly kind: 'cancel' | 'withdraw' | 'reduce'; readonly which: number }
  | { readonly kind: 'trade'; readonly quantity: number }
  | { readonly kind: 'look' }

const quantity = fc.integer({ min: 1, max: 50 })
const which = fc.nat({ max: 30 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('join' as const, 'place' as const), quantity }),
  fc.record({ kind: fc.constantFrom('cancel' as const, 'withdraw' as const, 'reduce' as const), which }),
  fc.record({ kind: fc.constant('trade' as const), quantity }),
  fc.record({ kind: fc.constant('look' as const) }),
)

interface Waiting {
  readonly id: string
  readonly mine: boolean
  quantity: number
  filled: number
}

/** The venue's side of a level at 99, and what it tells. */
class Level {
  readonly line: Waiting[] = [{ id: 'first', mine: false, quantity: 20, filled: 0 }]
  readonly filledOf = new Map<string, Decimal>()
  readonly trades: Trade[] = []
  sequence = 1
  book = bookOf([level('99', '20')], [])
  bookSequence = asSequence(1)

  total(): number {
    return this.line.reduce((sum, waiting) => sum + waiting.quantity - waiting.filled, 0)
  }

  step(one: Step): void {
    this.sequence += 1
    if (one.kind === 'join' || one.kind === 'place') this.join(one.kind === 'place', one.quantity)
    else if (one.kind === 'trade') this.trade(one.quantity)
    else if (one.kind === 'look') this.show()
    else if ('which' in one) this.change(one.kind, one.which)
  }

  show(): void {
    const total = this.total()
    this.book = bookOf(total === 0 ? [] : [level('99', String(total))], [])
    this.bookSequence = asSequence(this.sequence)
  }

  seen(): Seen {
    const mine = this.line.filter((waiting) => waiting.mine)
    return {
      book: this.book,
      bookSequence: this.bookSequence,
      trades: this.trades.toReversed(),
      orders: new Map(mine.map(({ id, quantity, filled }) => [id, bid(String(quantity), String(filled))])),
      filledOf: (id) => this.filledOf.get(id),
    }
  }

  private join(mine: boolean, quantity: number): void {
    this.line.push({ id: `${mine ? 'm' : 'o'}${this.sequence}`, mine, quantity, filled: 0 })
  }

  private change(kind: 'cancel' | 'withdraw' | 'reduce', which: number): void {
    const mine = kind !== 'cancel'
    const those = this.line.filter((waiting) => waiting.mine === mine)
    const found = those[which % Math.max(1, those.length)]
    if (!found) return
    if (kind !== 'reduce') {
      this.line.splice(this.line.indexOf(found), 1)
      this.filledOf.set(found.id, decimalOf(found.filled))
    } else if (found.quantity - found.filled > 1) found.quantity -= 1
  }

  private trade(most: number): void {
    let left = Math.min(most, this.total())
    for (let front = this.line[0]; front && left > 0; front = this.line[0]) {
      const taken = Math.min(left, front.quantity - front.filled)
      this.sequence += 1
      this.trades.push(sold(this.sequence, String(taken)))
      front.filled += taken
      left -= taken
      this.filledOf.set(front.id, decimalOf(front.filled))
      if (front.filled === front.quantity) this.line.shift()
      else return
    }
  }
}

/** Play steps, looking at the stream after each, and check every look. */
function play(steps: readonly Step[], check: (queues: Queues, line: readonly Waiting[]) => void): void {
  const venue = new Level()
  let queues = observe(NO_QUEUES, venue.seen())
  for (const one of [...steps, { kind: 'look' } as const]) {
    venue.step(one)
    queues = observe(queues, venue.seen())
    check(queues, venue.line)
  }
}

const trueAhead = (line: readonly Waiting[], id: string): Decimal => {
  const place = line.findIndex((waiting) => waiting.id === id)
  return decimalOf(line.slice(0, place).reduce((sum, waiting) => sum + waiting.quantity - waiting.filled, 0))
}

test('an estimate is never below nothing, and never above what the level holds besides the order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      play(steps, (queues) => {
        for (const place of queues.places.values()) {
          if (place.ahead === null || queues.book === null) continue
          expect(place.ahead >= ZERO).toBe(true)
          const unseen = queues.unseen.reduce((sum, one) => (one.change > 0n ? sum + one.change : sum), 0n)
          const most = quantityAt(queues.book, 'buy', place.price) + unseen
          expect(place.ahead <= most).toBe(true)
        }
      })
    }),
    { numRuns: 300 },
  )
})

test('where the book is looked at after every change, an estimate is exact as long as nobody else cancels', () => {
  const sure = step.filter((one) => one.kind !== 'cancel')
  fc.assert(
    fc.property(fc.array(sure, { maxLength: 50 }), (steps) => {
      const looked = steps.flatMap((one): Step[] => [one, { kind: 'look' }])
      play(looked, (queues, line) => {
        for (const [id, place] of queues.places) expect(place.ahead).toBe(trueAhead(line, id))
      })
    }),
    { numRuns: 300 },
  )
})

test('the order of own orders in the queue is never turned round', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      play(steps, (queues) => {
        const sorted = [...queues.places.values()].toSorted((a, b) => a.arrival - b.arrival)
        for (const [place, earlier] of sorted.entries()) {
          const later = sorted[place + 1]
          if (!later || later.ahead === null || earlier.ahead === null) continue
          expect(later.ahead >= earlier.ahead).toBe(true)
        }
      })
    }),
    { numRuns: 300 },
  )
})

/** A map that counts how often something of it is read. */
class Counted<Thing> extends Map<string, Thing> {
  reads = 0
  override get(key: string): Thing | undefined {
    this.reads += 1
    return super.get(key)
  }
  override *[Symbol.iterator](): MapIterator<[string, Thing]> {
    for (const entry of super.entries()) {
      this.reads += 1
      yield entry
    }
  }
  override *values(): MapIterator<Thing> {
    for (const [, thing] of this) yield thing
  }
}

const ORDERS = 1_000
const PRICES = 200
const priceAt = (place: number): string => `${900 - (place % PRICES)}`

/** How often places were read while they were looked at once more. */
function readsOf(queues: Queues, seen: Seen): { reads: number; after: Queues } {
  const places = new Counted(queues.places)
  places.reads = 0
  const after = observe({ ...queues, places }, seen)
  return { reads: places.reads, after }
}

test('a look reads each of many own orders a few times at most, and none where nothing changed', () => {
  const orders = new Map(
    Array.from({ length: ORDERS }, (_, place) => [`${place}`, bid('10', '0', priceAt(place))]),
  )
  const book = (quantity: (place: number) => string): Book =>
    bookOf(
      Array.from({ length: PRICES }, (_, place) => level(priceAt(place), quantity(place))),
      [],
    )
  const all = { ...look('0', 1, {}), orders, book: book(() => '100') }
  const known = after(all)
  expect(known.places.size).toBe(ORDERS)

  const still = { ...all, bookSequence: asSequence(2) }
  expect(readsOf(known, still).reads).toBe(0)
  // One level of five orders: they are read, and the places copied once.
  const one = { ...all, bookSequence: asSequence(2), book: book((place) => (place === 7 ? '80' : '100')) }
  expect(readsOf(known, one).reads).toBeLessThanOrEqual(ORDERS + 5 * 4)
  const every = { ...all, bookSequence: asSequence(2), book: book(() => '60') }
  expect(readsOf(known, every).reads).toBeLessThanOrEqual(5 * ORDERS)
  const trades = Array.from({ length: PRICES }, (_, place) => sold(300 - place, '1', priceAt(place)))
  expect(readsOf(known, { ...all, trades }).reads).toBeLessThanOrEqual(5 * ORDERS)
  const none = readsOf(known, { ...all, orders: new Map() })
  expect(none.reads).toBeLessThanOrEqual(5 * ORDERS)
  expect(none.after.places.size).toBe(0)
})
