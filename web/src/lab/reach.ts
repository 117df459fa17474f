/** How far an order would reach into a book. Pure. */
import type { Orderbook } from '@/lab/messages'
import { add, type Decimal, smaller, subtract, ZERO } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

export interface Reach {
  readonly levels: number
  /** The last price that it takes from. */
  readonly price: Decimal
  readonly taken: Decimal
  /** What the levels that are known do not hold. */
  readonly left: Decimal
}

/** What a market order would take from the levels that are known; null where there are none. */
export function reachOf(book: Orderbook, side: Side, size: Decimal): Reach | null {
  let taken = ZERO
  let levels = 0
  let price = ZERO
  for (const level of side === 'buy' ? book.asks : book.bids) {
    if (taken >= size) break
    taken = add(taken, smaller(level.quantity, subtract(size, taken)))
    price = level.price
    levels += 1
  }
  return levels === 0 ? null : { levels, price, taken, left: subtract(size, taken) }
}
