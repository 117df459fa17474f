/** One's own resting orders, by the row of the book that they are in. */
import { groupedPrice } from '@/trading/grouping'
import { add, type Decimal, subtract, ZERO } from '@/wire/decimal'
import type { Side, Ticker } from '@/wire/reading'
import type { Order } from '@/wire/views'

/** Whether an order stands in the book: a stop that sleeps does not. */
export const isResting = (order: Order): boolean =>
  order.price !== null &&
  (order.type === 'limit' || (order.type === 'stop_limit' && order.filled_quantity > 0n))

/** What rests of one's own at each price of the rows. */
export function ownRows(
  open: ReadonlyMap<string, Order>,
  ticker: Ticker,
  side: Side,
  size: Decimal,
): ReadonlyMap<Decimal, Decimal> {
  const rows = new Map<Decimal, Decimal>()
  for (const order of open.values()) {
    if (order.ticker !== ticker || order.side !== side || order.price === null || !isResting(order)) continue
    const price = groupedPrice(order.price, side, size)
    rows.set(price, add(rows.get(price) ?? ZERO, subtract(order.quantity, order.filled_quantity)))
  }
  return rows
}
