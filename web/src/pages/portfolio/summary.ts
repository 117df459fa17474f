/** What an account is worth, holds and has earned: the venue's last answer, moved on by the stream. */

import { heldOf, type Position, positionOf } from '@/trading/valuation'
import { add, type Decimal, divide, subtract, ZERO } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Balance, Glance, Portfolio } from '@/wire/views'

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

/** The account as it is now: `told` is the venue's last answer, `balance` and `prices` are the stream's. */
export function summaryOf(
  told: Portfolio,
  balance: Balance | null,
  prices: ReadonlyMap<Ticker, Glance>,
): Summary {
  const { cash, escrowed_cash: escrow, buying_power: buyingPower } = balance ?? told
  const answered = new Map(told.holdings.map((holding) => [holding.ticker, holding]))
  const tickers = new Set([...told.holdings, ...(balance?.holdings ?? [])].map((one) => one.ticker))
  const positions = [...tickers].map((ticker) => {
    const holding = answered.get(ticker)
    return positionOf(holding, heldOf(ticker, holding, balance), prices.get(ticker) ?? null)
  })
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
