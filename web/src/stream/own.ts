/** What an account's channel says of it: its orders, fills and balance. */
import { ENDED_MAX, type Own } from '@/stream/state'
import type { Balance, Fill, Order } from '@/wire/views'

export const isWorking = (order: Order): boolean => order.status === 'open' || order.status === 'partial'

/** As a snapshot tells it. Orders that are gone since have ended meanwhile: history knows how. */
export function ownOf(before: Own, orders: readonly Order[], balance: Balance): Own {
  return { ...before, open: new Map(orders.map((order) => [order.order_id, order])), balance }
}

/** With an order as it is now. */
export function withOrder(own: Own, order: Order): Own {
  const open = new Map(own.open)
  if (isWorking(order)) {
    open.set(order.order_id, order)
    return { ...own, open }
  }
  open.delete(order.order_id)
  const others = own.ended.filter((ended) => ended.order_id !== order.order_id)
  return { ...own, open, ended: [order, ...others].slice(0, ENDED_MAX) }
}

/** With a fill, and the order that it belongs to. */
export function withFill(own: Own, order: Order, fill: Fill): Own {
  const next = withOrder(own, order)
  const told = own.fills.some((other) => other.trade_id === fill.trade_id && other.order_id === fill.order_id)
  return told ? next : { ...next, fills: [fill, ...own.fills].slice(0, ENDED_MAX) }
}
