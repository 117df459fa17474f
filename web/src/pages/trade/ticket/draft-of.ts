import type { ReadOrder } from '@/pages/trade/ticket/validate'
import type { OrderDraft } from '@/trading/draft'
import { newClientOrderId } from '@/trading/orders'
import type { Ticker } from '@/wire/reading'

/** A new attempt to place an order: a name of its own, by which the venue knows it again. */
export function draftOf(ticker: Ticker, order: ReadOrder): OrderDraft {
  return {
    ticker,
    side: order.side,
    type: order.type,
    quantity: order.quantity,
    time_in_force: order.timeInForce,
    ...(order.price === null ? {} : { price: order.price }),
    ...(order.stopPrice === null ? {} : { stop_price: order.stopPrice }),
    ...(order.displayQuantity === null ? {} : { display_quantity: order.displayQuantity }),
    ...(order.expiresAt === null ? {} : { expires_at: order.expiresAt }),
    post_only: order.postOnly,
    reduce_only: order.reduceOnly,
    client_order_id: newClientOrderId(),
  }
}
