/**
 * What things count as, the way that the venue values them: its last answer, moved on by the stream.
 *
 * The venue values a holding at its mark: the last price, held between the best bid and the best ask where there are
 * both. What the holding cost is not told, but is exactly its value less its unrealised profit; the average cost is
 * rounded, and nothing is derived from it.
 */
import { add, type Decimal, divide, larger, multiply, smaller, subtract, ZERO } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Balance, Glance, Holding } from '@/wire/views'

export interface Position {
  readonly ticker: Ticker
  /** Below zero where it is short. */
  readonly quantity: Decimal
  /** Of it not locked in sell orders. */
  readonly free: Decimal
  readonly locked: Decimal
  /** For each unit, rounded towards zero; null where nothing is held, or the cost is not known yet. */
  readonly averageCost: Decimal | null
  readonly last: Decimal
  readonly value: Decimal
  readonly unrealised: Decimal
  /** Fees not counted, as the one before. */
  readonly realised: Decimal
  readonly fees: Decimal
  /** Realised and unrealised, less fees. */
  readonly profit: Decimal
}

/** What is held of an instrument, without what it is worth. */
export type Held = Balance['holdings'][number]

/** What a unit counts as: the last price, held between the best bid and the best ask where there are both. */
export function markOf({ current_price, best_bid, best_ask }: Glance): Decimal {
  if (best_bid === null || best_ask === null || best_bid > best_ask) return current_price
  return smaller(larger(current_price, best_bid), best_ask)
}

/** What is held of an instrument: as the stream says, or the venue's last answer where it has not said anything yet. */
export function heldOf(ticker: Ticker, told: Holding | undefined, balance: Balance | null): Held {
  const held = balance ? balance.holdings.find((one) => one.ticker === ticker) : told
  return held ?? { ticker, quantity: ZERO, locked: ZERO }
}

/** How a holding stands: `told` is the venue's last answer, `held` and `glance` are the stream's. */
export function positionOf(told: Holding | undefined, held: Held, glance: Glance | null): Position {
  const { ticker, quantity, locked } = held
  const last = glance?.current_price ?? told?.current_price ?? ZERO
  // After a trade the cost is known again with the venue's next answer, a moment later.
  const same = told?.quantity === quantity
  const value = glance ? multiply(markOf(glance), quantity) : same ? told.value : multiply(last, quantity)
  const cost = same ? subtract(told.value, told.unrealized_pnl) : null
  const unrealised = cost === null ? (told?.unrealized_pnl ?? ZERO) : subtract(value, cost)
  const realised = told?.realized_pnl ?? ZERO
  const fees = told?.fees ?? ZERO
  return {
    ticker,
    quantity,
    free: subtract(quantity, locked),
    locked,
    averageCost: cost === null || quantity === 0n ? null : divide(cost, quantity),
    last,
    value,
    unrealised,
    realised,
    fees,
    profit: subtract(add(realised, unrealised), fees),
  }
}

/** The unrealised profit as a part of the cost, for showing; null where the cost is nothing, or not known yet. */
export function returnOf({ averageCost, value, unrealised }: Position): number | null {
  const cost = subtract(value, unrealised)
  if (averageCost === null || cost === 0n) return null
  return Number((unrealised * 1_000_000n) / (cost < 0n ? -cost : cost)) / 1_000_000
}
