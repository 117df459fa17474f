/** What things count as, the way that the venue values them. */
import { type Decimal, larger, smaller } from '@/wire/decimal'
import type { Glance } from '@/wire/views'

/** What a unit counts as: the last price, held between the best bid and the best ask where there are both. */
export function markOf({ current_price, best_bid, best_ask }: Glance): Decimal {
  if (best_bid === null || best_ask === null || best_bid > best_ask) return current_price
  return smaller(larger(current_price, best_bid), best_ask)
}
