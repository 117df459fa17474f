/**
 * What an account is worth, holds and has earned: the venue's last answer, moved on by the stream, as the venue itself
 * counts it.
 *
 * The venue values a holding at its mark: the last price, held between the best bid and the best ask where there are
 * both. What the holding cost is not told, but is exactly its value less its unrealised profit; the average cost is
 * rounded, and nothing is derived from it.
 */

import { markOf } from '@/trading/valuation'
import { add, type Decimal, divide, multiply, subtract, ZERO } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Balance, Glance, Holding, Portfolio } from '@/wire/views'

export interface Position {
  readonly ticker: Ticker
  readonly quantity: Decimal
  /** Of it not locked in sell orders. */
  readonly free: Decimal
  readonly locked: Decimal
  /** For each unit, rounded towards zero; null where nothing is held, or the cost is not known yet. */
  readonly average_cost: Decimal | null
  readonly last: Decimal
  readonly value: Decimal
  readonly unrealised: Decimal
  /** Fees not counted, as the one before. */
  readonly realised: Decimal
  readonly fees: Decimal
  /** Realised and unrealised, less fees. */
  readonly profit: Decimal
}

export interface Summary {
  readonly cash: Decimal
  readonly escrow: Decimal
  readonly buyingPower: Decimal
  /** What is held, at its marks. */
  readonly holdings: Decimal
  readonly total: Decimal
  readonly unrealised: Decimal
  readonly realised: Decimal
  readonly fees: Decimal
  readonly profit: Decimal
  readonly positions: readonly Position[]
}

const sum = (values: readonly Decimal[]): Decimal => values.reduce(add, ZERO)

interface Held {
  readonly quantity: Decimal
  readonly locked: Decimal
}

function positionOf(
  ticker: Ticker,
  told: Holding | undefined,
  held: Held,
  glance: Glance | undefined,
): Position {
  const { quantity, locked } = held
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
    average_cost: cost === null || quantity === 0n ? null : divide(cost, quantity),
    last,
    value,
    unrealised,
    realised,
    fees,
    profit: subtract(add(realised, unrealised), fees),
  }
}

/** The account as it is now: `told` is the venue's last answer, `balance` and `prices` are the stream's. */
export function summaryOf(
  told: Portfolio,
  balance: Balance | null,
  prices: ReadonlyMap<Ticker, Glance>,
): Summary {
  const { cash, escrowed_cash: escrow, buying_power: buyingPower } = balance ?? told
  const answered = new Map(told.holdings.map((holding) => [holding.ticker, holding]))
  const held = new Map<Ticker, Held>((balance ?? told).holdings.map((holding) => [holding.ticker, holding]))
  const nothing: Held = { quantity: ZERO, locked: ZERO }
  const positions = [...new Set([...answered.keys(), ...held.keys()])].map((ticker) =>
    positionOf(ticker, answered.get(ticker), held.get(ticker) ?? nothing, prices.get(ticker)),
  )
  const holdings = sum(positions.map((position) => position.value))
  return {
    cash,
    escrow,
    buyingPower,
    holdings,
    total: sum([cash, escrow, holdings]),
    unrealised: sum(positions.map((position) => position.unrealised)),
    realised: sum(positions.map((position) => position.realised)),
    fees: sum(positions.map((position) => position.fees)),
    profit: sum(positions.map((position) => position.profit)),
    positions,
  }
}

/** Weights are in hundredths of a per cent. */
export const WHOLE = 10_000

/**
 * The share of each part in hundredths of a per cent, so rounded that together they are the whole: those with the
 * largest remainders are rounded up. What is not above zero has no share; of nothing there are none.
 */
export function weightsOf(parts: readonly Decimal[]): number[] {
  const positive: bigint[] = parts.map((part) => (part > 0n ? part : 0n))
  const all = positive.reduce((before, part) => before + part, 0n)
  if (all === 0n) return parts.map(() => 0)
  const shares = positive.map((part) => Number((part * BigInt(WHOLE)) / all))
  const missing = WHOLE - shares.reduce((before, share) => before + share, 0)
  const byRemainder = positive
    .map((part, place) => ({ place, remainder: (part * BigInt(WHOLE)) % all }))
    .sort((a, b) => (a.remainder < b.remainder ? 1 : a.remainder > b.remainder ? -1 : a.place - b.place))
  for (const { place } of byRemainder.slice(0, missing)) shares[place] = (shares[place] ?? 0) + 1
  return shares
}

/** A weight as people read it: 12.34%. */
export const formatWeight = (weight: number): string => `${(weight / 100).toFixed(2)}%`

/** The profit as a part of what the account began with; null where that was nothing. */
export function profitPart({ profit, total }: Pick<Summary, 'profit' | 'total'>): number | null {
  const before = subtract(total, profit)
  return before > 0n ? Number(divide(profit, before)) / 1e18 : null
}
