/**
 * What an order would cost, as the core counts it: whole cash steps, fees rounded toward zero, and for a buy the worst
 * that it can cost set aside when it is taken. The book is what this page knows of it, so what trades is an estimate;
 * what is set aside is exact.
 */

import type { BookLevel } from '@/stream/book'
import { STEPS_MAX } from '@/trading/typed'
import { type Decimal, divide, isMultiple, multiply, ofSteps, stepsIn, toNumber, ZERO } from '@/wire/decimal'
import type { OrderType, Side, TimeInForce } from '@/wire/reading'
import type { Instrument } from '@/wire/views'

const MILLION = 1_000_000n
/** What trading in a market costs, and how it is written. */
export type Terms = Pick<
  Instrument,
  'price_step' | 'quantity_step' | 'maker_fee_ppm' | 'taker_fee_ppm' | 'protection_ppm'
> & { readonly cash_step: Decimal }

/** An order as far as its cost goes. */
export interface Order {
  readonly side: Side
  readonly type: OrderType
  readonly quantity: Decimal
  /** Of limit and stop-limit orders. */
  readonly price: Decimal | null
  /** Of stop and stop-limit orders. */
  readonly stopPrice: Decimal | null
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
}

/** A rate's part of a worth, in whole cash steps, rounded toward zero: a rebate too. */
export function feeOf(worth: Decimal, ppm: number, cashStep: Decimal): Decimal {
  const units = worth / cashStep
  return ofSteps((units * BigInt(ppm)) / MILLION, cashStep)
}

/** The worst rate that an order can meet; a rebate is not counted on. */
const worstFeePpm = (terms: Terms): number => Math.max(terms.maker_fee_ppm, terms.taker_fee_ppm, 0)

/** The cash that the venue sets aside for a buy at a price. */
export function reserveOf(price: Decimal, quantity: Decimal, terms: Terms): Decimal {
  const worth = multiply(price, quantity)
  return (worth + feeOf(worth, worstFeePpm(terms), terms.cash_step)) as Decimal
}

/** How far from its anchor a market order may go; null where there is no bound. Rounded toward the anchor. */
export function protectionPrice(side: Side, anchor: Decimal, terms: Terms): Decimal | null {
  if (terms.protection_ppm === 0) return null
  const steps = stepsIn(anchor, terms.price_step)
  const reach = (steps * BigInt(terms.protection_ppm)) / MILLION
  const bound = side === 'buy' ? steps + reach : steps - reach
  return ofSteps(bound > 1n ? bound : 1n, terms.price_step)
}

/** Whether a limit would trade at once against the best price of the other side. */
export const crosses = (side: Side, price: Decimal, best: Decimal | null): boolean =>
  best !== null && (side === 'buy' ? price >= best : price <= best)

/** The price that an order may trade up to, and that money is set aside at; null where nobody can say. */
export function limitOf(
  order: Pick<Order, 'side' | 'type' | 'price' | 'stopPrice'>,
  best: Decimal | null,
  terms: Terms,
): Decimal | null {
  switch (order.type) {
    case 'limit':
    case 'stop_limit':
      return order.price
    case 'stop':
      return order.stopPrice === null ? null : protectionPrice(order.side, order.stopPrice, terms)
    case 'market':
      return best === null ? null : protectionPrice(order.side, best, terms)
  }
}

/** The most that a sum pays for at a price, its fee included, in whole steps. */
export function mostFor(budget: Decimal, price: Decimal, terms: Terms): Decimal {
  const worth = multiply(price, terms.quantity_step)
  if (budget <= 0n || worth <= 0n) return ZERO
  let steps = (budget * MILLION) / (worth * (MILLION + BigInt(worstFeePpm(terms))))
  // The fee is rounded down, so that one step more may fit.
  while (reserveOf(price, ofSteps(steps + 1n, terms.quantity_step), terms) <= budget) steps += 1n
  return ofSteps(steps < STEPS_MAX ? steps : STEPS_MAX, terms.quantity_step)
}

/** A part of a quantity, rounded down to its step. */
export const partOf = (quantity: Decimal, percent: number, step: Decimal): Decimal =>
  ofSteps(stepsIn(((quantity * BigInt(percent)) / 100n) as Decimal, step), step)

export interface Walk {
  readonly filled: Decimal
  readonly worth: Decimal
  /** The taker's, level by level. */
  readonly fee: Decimal
  /** The last price that was reached. */
  readonly last: Decimal | null
  /** Why it ended: all is filled, the next level lies beyond the limit, or there is no next level. */
  readonly end: 'filled' | 'limit' | 'thin'
}

/** Take from the levels of the other side, best first, up to a limit. */
export function walk(
  levels: readonly BookLevel[],
  side: Side,
  quantity: Decimal,
  limit: Decimal | null,
  terms: Terms,
): Walk {
  let rest: bigint = quantity
  let worth = 0n
  let fee = 0n
  let last: Decimal | null = null
  let end: Walk['end'] = 'thin'
  for (const level of levels) {
    if (rest === 0n) break
    if (limit !== null && !crosses(side, limit, level.price)) {
      end = 'limit'
      break
    }
    const taken = (rest < level.quantity ? rest : level.quantity) as Decimal
    const part = multiply(level.price, taken)
    worth += part
    fee += feeOf(part, terms.taker_fee_ppm, terms.cash_step)
    rest -= taken
    last = level.price
  }
  return {
    filled: (quantity - rest) as Decimal,
    worth: worth as Decimal,
    fee: fee as Decimal,
    last,
    end: rest === 0n ? 'filled' : end,
  }
}

export interface Estimate {
  /** What trades at once. */
  readonly now: Walk
  /** Of what trades at once. */
  readonly average: Decimal | null
  /** How much worse than the best price the average is, as a part. */
  readonly slippage: number | null
  /** What stays in the book, or waits for its stop. */
  readonly rests: Decimal
  /** The worth of all that trades or may trade. */
  readonly worth: Decimal
  readonly fee: Decimal
  /** What the fee is reckoned with. */
  readonly liquidity: 'maker' | 'taker' | 'both'
  /** Cash that is gone or set aside right after; for a sale what comes in at once is below zero. */
  readonly takes: Decimal | null
}

const NOTHING: Walk = { filled: ZERO, worth: ZERO, fee: ZERO, last: null, end: 'thin' }

const sleeps = (type: OrderType): boolean => type === 'stop' || type === 'stop_limit'

/** What would trade at once. */
function tradesNow(
  order: Order,
  levels: readonly BookLevel[],
  limit: Decimal | null,
  terms: Terms,
  trading: boolean,
): Walk {
  if (sleeps(order.type) || order.postOnly || !trading) return NOTHING
  const now = walk(levels, order.side, order.quantity, limit, terms)
  return order.timeInForce === 'FOK' && now.end !== 'filled' ? { ...NOTHING, end: now.end } : now
}

/**
 * Estimate an order against the levels of the other side. `trading` says whether the market matches at all now.
 * An order that sleeps is reckoned as if it came to trade at its own price, as a taker.
 */
export function estimate(
  order: Order,
  levels: readonly BookLevel[],
  terms: Terms,
  trading: boolean,
): Estimate {
  const best = levels[0]?.price ?? null
  const limit = limitOf(order, best, terms)
  const now = tradesNow(order, levels, limit, terms, trading)
  const stays = order.type !== 'market' && order.timeInForce !== 'IOC' && order.timeInForce !== 'FOK'
  const rests = stays || sleeps(order.type) ? ((order.quantity - now.filled) as Decimal) : ZERO
  const at = order.type === 'stop' ? order.stopPrice : order.price
  const restWorth = rests > 0n && at !== null ? multiply(at, rests) : ZERO
  const restPpm = sleeps(order.type) ? terms.taker_fee_ppm : terms.maker_fee_ppm
  const restFee = feeOf(restWorth, restPpm, terms.cash_step)
  const average = now.filled > 0n ? divide(now.worth, now.filled) : null
  return {
    now,
    average,
    slippage: average === null || best === null ? null : slippageOf(order.side, average, best),
    rests,
    worth: (now.worth + restWorth) as Decimal,
    fee: (now.fee + restFee) as Decimal,
    liquidity: liquidityOf(now.filled > 0n || sleeps(order.type), rests > 0n && !sleeps(order.type)),
    takes: takenBy(order, now, rests, limit, terms),
  }
}

const slippageOf = (side: Side, average: Decimal, best: Decimal): number =>
  toNumber((side === 'buy' ? average - best : best - average) as Decimal) / toNumber(best)

const liquidityOf = (takes: boolean, rests: boolean): Estimate['liquidity'] =>
  takes && rests ? 'both' : takes ? 'taker' : 'maker'

function takenBy(
  order: Order,
  now: Walk,
  rests: Decimal,
  limit: Decimal | null,
  terms: Terms,
): Decimal | null {
  if (order.side === 'sell') return (now.fee - now.worth) as Decimal
  if (rests === 0n) return (now.worth + now.fee) as Decimal
  return limit === null ? null : ((now.worth + now.fee + reserveOf(limit, rests, terms)) as Decimal)
}

/** Some steps up or down, onto the grid; no less than one step. */
export function stepped(value: Decimal, count: number, step: Decimal): Decimal {
  let steps = stepsIn(value, step) + BigInt(count)
  // From between two steps the first one down is the one right below.
  if (count < 0 && !isMultiple(value, step)) steps += 1n
  return ofSteps(steps > 1n ? steps : 1n, step)
}

/** The middle of two prices, on the step that is kinder to whoever rests there. */
export function middleOf(bid: Decimal, ask: Decimal, side: Side, step: Decimal): Decimal {
  const twice = bid + ask
  const down = stepsIn((twice / 2n) as Decimal, step)
  const exact = ofSteps(down, step) * 2n === twice
  return ofSteps(side === 'buy' || exact ? down : down + 1n, step)
}
