/** Which field of the ticket a refusal of the venue is about, and how it is put. */
import { errorWords } from '@/format/words'
import type { FieldName } from '@/trading/ticket'
import type { OrderType } from '@/wire/reading'

export interface Refusal {
  /** Null where it is about the order as a whole. */
  readonly field: FieldName | null
  readonly words: string
}

const FIELD_OF: Readonly<Record<string, FieldName>> = {
  price_missing: 'price',
  price_not_allowed: 'price',
  price_out_of_range: 'price',
  price_off_tick: 'price',
  price_outside_band: 'price',
  post_only_would_trade: 'price',
  stop_price_out_of_range: 'stopPrice',
  stop_price_off_tick: 'stopPrice',
  quantity_zero: 'quantity',
  quantity_too_large: 'quantity',
  quantity_off_lot: 'quantity',
  quantity_out_of_range: 'quantity',
  quantity_not_whole: 'quantity',
  order_above_limit: 'quantity',
  position_above_limit: 'quantity',
  would_increase: 'quantity',
  insufficient_cash: 'quantity',
  insufficient_position: 'quantity',
  insufficient_margin: 'quantity',
  notional_too_large: 'quantity',
  cash_overflow: 'quantity',
  display_not_allowed: 'displayQuantity',
  display_out_of_range: 'displayQuantity',
  display_quantity_out_of_range: 'displayQuantity',
  display_quantity_not_whole: 'displayQuantity',
  expiry_missing: 'expiresAt',
  expiry_not_allowed: 'expiresAt',
  expires_at_out_of_range: 'expiresAt',
}

/** The desk names the field in its words where one code stands for several. */
const FIELD_IN_WORDS: readonly (readonly [string, FieldName])[] = [
  ['stop_price ', 'stopPrice'],
  ['display_quantity ', 'displayQuantity'],
]

/** Said in our own words where there is more to say than the venue does. */
const WORDS: Readonly<Record<string, string>> = {
  insufficient_cash: 'There is not enough buying power. Ask for less, or cancel other orders.',
  insufficient_position: 'There is not enough to sell that is not locked in other orders.',
  no_liquidity: 'Nobody offers a price now: use a limit, or wait.',
  phase_forbids: 'The market does not take such an order in its present phase.',
  price_outside_band: 'The price lies outside the band that is allowed now.',
  post_only_would_trade: 'It would trade at once: post only.',
  too_many_open_orders: 'There are as many open orders as the account may have. Cancel some first.',
  rate_limited: 'Too many orders in a short time. Wait a moment and send it again.',
  account_frozen: 'The account is frozen: it can cancel orders, but not place any.',
  not_signed_in: 'The session has ended. Sign in again.',
  busy: 'The venue is busy. Send it again in a moment.',
  closing: 'The venue is about to stop and takes no orders.',
  storage_full: 'The venue cannot keep any more orders now.',
}

function fieldOf(code: string, detail: string, type: OrderType): FieldName | null {
  for (const [begin, field] of FIELD_IN_WORDS) if (detail.startsWith(begin)) return field
  const field = FIELD_OF[code] ?? null
  // An order without a limit price has only the other one to show it at.
  if (field === 'price' && type === 'stop') return 'stopPrice'
  if (field === 'price' && type === 'market') return null
  return field
}

/** Put a refusal where it belongs. */
export function placeRefusal(code: string, error: Error, type: OrderType): Refusal {
  return {
    field: fieldOf(code, error.message, type),
    words: WORDS[code] ?? errorWords(error).replaceAll('_', ' '),
  }
}
