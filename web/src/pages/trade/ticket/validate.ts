/**
 * What stands in the ticket, read: an order, or what is wrong with which field, in words, and where there is one the
 * value that would be right.
 */
import { formatExact, formatStep } from '@/format/numbers'
import { crosses, limitOf, mostFor, type Terms } from '@/pages/trade/ticket/estimate'
import type { FieldName, Ticket } from '@/trading/ticket'
import { type Mistake, type Read, readPrice, readQuantity } from '@/trading/typed'
import type { Decimal } from '@/wire/decimal'
import type { OrderType, Side, TimeInForce } from '@/wire/reading'

type Mistakes = Partial<Readonly<Record<FieldName, Mistake>>>

/** The best prices, and whether they match at once. */
export interface Quotes {
  readonly bid: Decimal | null
  readonly ask: Decimal | null
  readonly trading: boolean
}

/** What the account can spend; for holdings, the market's own. */
export interface Means {
  readonly buyingPower: Decimal
  readonly held: Decimal
  readonly free: Decimal
}

/** An order that could be sent. */
export interface ReadOrder {
  readonly side: Side
  readonly type: OrderType
  readonly price: Decimal | null
  readonly stopPrice: Decimal | null
  readonly quantity: Decimal
  readonly timeInForce: TimeInForce
  readonly displayQuantity: Decimal | null
  /** Milliseconds since 1970. */
  readonly expiresAt: number | null
  readonly postOnly: boolean
  readonly reduceOnly: boolean
}

/** `order` where nothing is wrong. `quantity` and prices are there as far as they can be read. */
export interface Reading {
  readonly order: ReadOrder | null
  readonly mistakes: Mistakes
}

/** The largest quantity that the account's means allow; null where nobody can say. */
function mostOf(
  order: { side: Side; type: OrderType; price: Decimal | null; stopPrice: Decimal | null },
  quotes: Quotes,
  means: Means,
  terms: Terms,
): Decimal | null {
  if (order.side === 'sell') return means.free
  const limit = limitOf(order, quotes.ask, terms)
  return limit === null ? null : mostFor(means.buyingPower, limit, terms)
}

function tooMuch(
  order: { side: Side; type: OrderType; price: Decimal | null; stopPrice: Decimal | null },
  quantity: Decimal,
  quotes: Quotes,
  means: Means,
  terms: Terms,
): Mistake | null {
  const most = mostOf(order, quotes, means, terms)
  if (most === null || quantity <= most) return null
  const instead = most > 0n ? { instead: { label: `Most: ${formatExact(most)}`, value: most } } : {}
  if (order.side === 'sell') {
    return {
      words: most > 0n ? `Only ${formatExact(most)} can be sold.` : 'There is nothing free to sell.',
      ...instead,
    }
  }
  const stop = order.type === 'market' || order.type === 'stop'
  return {
    words:
      most > 0n
        ? `The buying power is enough for ${formatExact(most)}${stop ? ' at the protection price' : ''}.`
        : 'The buying power is not enough for any.',
    ...instead,
  }
}

/** Read a local date and time, as its field writes it. */
export function readExpiry(text: string, now: number): Read<number> {
  if (text.trim() === '') return { mistake: { words: 'The expiry is missing.', empty: true } }
  const time = new Date(text).getTime()
  // The venue counts nanoseconds in 63 bits, which end in 2262.
  if (Number.isNaN(time) || time > 9_223_372_036_854)
    return { mistake: { words: 'This is no date and time.' } }
  if (time <= now) return { mistake: { words: 'The expiry must be in the future.' } }
  return { value: time }
}

/** The price of a post-only order must leave the other side alone. */
function wouldTrade(side: Side, price: Decimal, quotes: Quotes, terms: Terms): Mistake | null {
  const best = side === 'buy' ? quotes.ask : quotes.bid
  if (best === null || !quotes.trading || !crosses(side, price, best)) return null
  const instead = (side === 'buy' ? best - terms.price_step : best + terms.price_step) as Decimal
  return {
    words: `It would trade at once, against ${formatStep(best, terms.price_step)}: post only.`,
    ...(instead > 0n
      ? { instead: { label: `Nearest: ${formatStep(instead, terms.price_step)}`, value: instead } }
      : {}),
  }
}

/**
 * Read a ticket whose options fit one another.
 *
 * `means` is null for who is not signed in: then nothing is too much.
 */
export function readTicket(
  ticket: Ticket,
  terms: Terms,
  quotes: Quotes,
  means: Means | null,
  now: number,
): Reading {
  const mistakes: Partial<Record<FieldName, Mistake>> = {}
  function take<T>(field: FieldName, read: Read<T>): T | null {
    if ('value' in read) return read.value
    mistakes[field] = read.mistake
    return null
  }
  const priced = ticket.type === 'limit' || ticket.type === 'stop_limit'
  const stops = ticket.type === 'stop' || ticket.type === 'stop_limit'
  const price = priced ? take('price', readPrice(ticket.price, terms.price_step)) : null
  const stopPrice = stops
    ? take('stopPrice', readPrice(ticket.stopPrice, terms.price_step, 'The stop price'))
    : null
  const quantity = take('quantity', readQuantity(ticket.quantity, terms.quantity_step))
  const order = { side: ticket.side, type: ticket.type, price, stopPrice }
  if (quantity !== null && means !== null) {
    const mistake = tooMuch(order, quantity, quotes, means, terms)
    if (mistake) mistakes.quantity = mistake
  }
  if (price !== null && ticket.postOnly && ticket.type === 'limit') {
    const mistake = wouldTrade(ticket.side, price, quotes, terms)
    if (mistake) mistakes.price = mistake
  }
  const display = readDisplay(ticket.displayQuantity, quantity, terms.quantity_step)
  const displayQuantity = display === null ? null : take('displayQuantity', display)
  const expiresAt = ticket.timeInForce === 'GTD' ? take('expiresAt', readExpiry(ticket.expiresAt, now)) : null
  if (quantity === null || Object.keys(mistakes).length > 0) return { order: null, mistakes }
  return {
    order: {
      ...order,
      quantity,
      timeInForce: ticket.timeInForce,
      displayQuantity,
      expiresAt,
      postOnly: ticket.postOnly,
      reduceOnly: ticket.reduceOnly,
    },
    mistakes,
  }
}

function readDisplay(text: string, quantity: Decimal | null, step: Decimal): Read<Decimal> | null {
  const read = readQuantity(text, step, 'The display quantity')
  if ('mistake' in read && read.mistake.empty) return null
  if ('value' in read && quantity !== null && read.value > quantity) {
    return { mistake: { words: 'This is more than the whole quantity.' } }
  }
  return read
}
