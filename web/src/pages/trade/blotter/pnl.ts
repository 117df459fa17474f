/** A position at the newest price. The venue tells what it cost; value and profit follow the price, exactly. */
import { absolute, type Decimal, multiply, subtract } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Holding } from '@/wire/views'

export interface Position {
  readonly ticker: Ticker
  readonly quantity: Decimal
  readonly locked: Decimal
  readonly averageCost: Decimal | null
  readonly last: Decimal
  readonly value: Decimal
  readonly unrealised: Decimal
  readonly realised: Decimal
  readonly fees: Decimal
}

/** What the open quantity cost: value and profit are told of the same moment. */
export const costOf = (holding: Holding): Decimal => subtract(holding.value, holding.unrealized_pnl)

/** At a price; at the venue's own where none is known here. */
export function positionAt(holding: Holding, price: Decimal | null, locked: Decimal | null): Position {
  const value = price === null ? holding.value : multiply(price, holding.quantity)
  return {
    ticker: holding.ticker,
    quantity: holding.quantity,
    locked: locked ?? holding.locked,
    averageCost: holding.average_cost,
    last: price ?? holding.current_price,
    value,
    unrealised: price === null ? holding.unrealized_pnl : subtract(value, costOf(holding)),
    realised: holding.realized_pnl,
    fees: holding.fees,
  }
}

/** The profit as a part of the cost, for showing; null where nothing was paid. */
export function returnOf(position: Position): number | null {
  const cost = absolute(subtract(position.value, position.unrealised))
  return cost === 0n ? null : Number((position.unrealised * 1_000_000n) / cost) / 1_000_000
}
