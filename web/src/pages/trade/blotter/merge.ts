/** The past as the venue's database tells it, and what happened since as the stream does: one list, nothing twice. */
import { isWorking } from '@/stream/own'
import type { Fill, Order } from '@/wire/views'

/** Numbers in text, the larger first. */
function laterFirst(a: string, b: string): number {
  if (a.length !== b.length) return b.length - a.length
  return a < b ? 1 : a > b ? -1 : 0
}

/** Orders that have ended, newest first. What the stream says of one counts: it is never older. */
export function endedOrders(live: readonly Order[], past: readonly Order[]): Order[] {
  const known = new Map<string, Order>()
  for (const order of live) known.set(order.order_id, order)
  for (const order of past) {
    if (!isWorking(order) && !known.has(order.order_id)) known.set(order.order_id, order)
  }
  return [...known.values()].sort((a, b) => laterFirst(a.order_id, b.order_id))
}

/** Both sides of a trade may be one's own, so a trade alone names no fill. */
export const fillKey = (fill: Fill): string => `${fill.trade_id}/${fill.order_id}`

/** Fills, newest first. */
export function allFills(live: readonly Fill[], past: readonly Fill[]): Fill[] {
  const known = new Map<string, Fill>()
  for (const fill of [...live, ...past]) {
    const key = fillKey(fill)
    if (!known.has(key)) known.set(key, fill)
  }
  return [...known.values()].sort((a, b) =>
    a.trade_id === b.trade_id ? laterFirst(a.order_id, b.order_id) : a.trade_id < b.trade_id ? 1 : -1,
  )
}
