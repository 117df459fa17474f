/** Orders whose cancel is on its way: a second press sends nothing. */
import { create } from 'zustand'
import { formatExact } from '@/format/numbers'
import { act } from '@/trading/act'
import { cancelOrder } from '@/trading/orders'
import type { Order } from '@/wire/views'

export const useCancelling = create<{ readonly ids: ReadonlySet<string> }>(() => ({ ids: new Set() }))

const put = (id: string, on: boolean): void =>
  useCancelling.setState(({ ids }) => {
    const next = new Set(ids)
    if (on) next.add(id)
    else next.delete(id)
    return { ids: next }
  })

/** Cancel an order and tell how it went. */
export async function cancelTold(order: Order): Promise<void> {
  const { order_id: id } = order
  if (useCancelling.getState().ids.has(id)) return
  put(id, true)
  const what = `${order.side === 'buy' ? 'Buy' : 'Sell'} ${formatExact(order.quantity)} ${order.ticker}`
  await act(cancelOrder(id), () => `${what}: cancelled`)
  put(id, false)
}
