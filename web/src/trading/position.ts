/** Ways out of a position: to nothing, or to its opposite. */

import { useStream } from '@/stream/store'
import { cancelAll, newClientOrderId, placeOrder } from '@/trading/orders'
import { absolute, type Decimal, ZERO } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Placed } from '@/wire/views'

/** What an account holds of an instrument; below zero where it is short. */
function quantityOf(ticker: Ticker): Decimal {
  const holding = useStream.getState().own.balance?.holdings.find((held) => held.ticker === ticker)
  return holding?.quantity ?? ZERO
}

/** Cancel what rests in a market and trade the position away at the market; null where there is none. */
export async function flatten(ticker: Ticker): Promise<Placed | null> {
  await cancelAll(ticker)
  return trade(ticker, quantityOf(ticker))
}

/** Cancel what rests and turn the position round. A cash account cannot go short: the venue says so. */
export async function reverse(ticker: Ticker): Promise<Placed | null> {
  await cancelAll(ticker)
  return trade(ticker, (quantityOf(ticker) * 2n) as Decimal)
}

async function trade(ticker: Ticker, amount: Decimal): Promise<Placed | null> {
  if (amount === 0n) return null
  return placeOrder({
    ticker,
    side: amount > 0n ? 'sell' : 'buy',
    quantity: absolute(amount),
    type: 'market',
    time_in_force: 'IOC',
    client_order_id: newClientOrderId(),
  })
}
