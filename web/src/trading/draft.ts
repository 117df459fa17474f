/** An order as it is sent. Prices and quantities go as text, so that every digit arrives. */

import type { Decimal } from '@/wire/decimal'
import { toText } from '@/wire/decimal'
import type { OrderType, Side, Ticker, TimeInForce } from '@/wire/reading'

export interface OrderDraft {
  readonly ticker: Ticker
  readonly side: Side
  readonly quantity: Decimal
  readonly type?: OrderType
  readonly price?: Decimal
  readonly stop_price?: Decimal
  readonly time_in_force?: TimeInForce
  readonly display_quantity?: Decimal
  readonly post_only?: boolean
  readonly reduce_only?: boolean
  /** Milliseconds since 1970, for GTD. */
  readonly expires_at?: number
  /** The same one sent twice has one effect. */
  readonly client_order_id: string
}

const textOf = (value: Decimal | undefined): string | undefined =>
  value === undefined ? undefined : toText(value)

/** The fields of the wire, without those that say nothing. */
export function wireOrder(draft: OrderDraft): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    ...draft,
    quantity: toText(draft.quantity),
    price: textOf(draft.price),
    stop_price: textOf(draft.stop_price),
    display_quantity: textOf(draft.display_quantity),
    post_only: draft.post_only || undefined,
    reduce_only: draft.reduce_only || undefined,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
