/** What somebody typed into a cell of a working order, as a change to send. */
import { formatExact } from '@/format/numbers'
import type { Change } from '@/trading/orders'
import { readPrice, readQuantity } from '@/trading/typed'
import type { Decimal } from '@/wire/decimal'
import type { Instrument, Order } from '@/wire/views'

const EDITED = ['price', 'stop_price', 'quantity'] as const
export type Edited = (typeof EDITED)[number]

export type ChangeOf =
  | { readonly kind: 'change'; readonly change: Change }
  /** It is as it was: nothing to send. */
  | { readonly kind: 'same' }
  | { readonly kind: 'mistake'; readonly words: string }

const WHAT: Readonly<Record<Edited, string>> = {
  price: 'The price',
  stop_price: 'The stop price',
  quantity: 'The quantity',
}

/** Whether an order has such a value, and may be given another. */
export function canEdit(order: Order, field: Edited): boolean {
  if (field === 'price') return order.price !== null
  return field === 'quantity' || order.stop_price !== null
}

/** What the change does to the order's place in its queue. */
export const PLACE_WORDS: Readonly<Record<Edited, string>> = {
  price: 'Another price loses the place in the queue.',
  stop_price: 'The order goes on sleeping, until the new price trades.',
  quantity: 'Less keeps the place in the queue, more loses it.',
}

/** Only what changed; the steps are those of the order's market. */
export function changeOf(
  order: Order,
  field: Edited,
  text: string,
  steps: Pick<Instrument, 'price_step' | 'quantity_step'>,
): ChangeOf {
  const read =
    field === 'quantity'
      ? readQuantity(text, steps.quantity_step, WHAT[field])
      : readPrice(text, steps.price_step, WHAT[field])
  if (!('value' in read)) {
    const { words, instead } = read.mistake
    return { kind: 'mistake', words: instead ? `${words} ${instead.label}.` : words }
  }
  if (read.value === order[field]) return { kind: 'same' }
  if (field === 'quantity' && read.value <= order.filled_quantity) return belowFilled(order.filled_quantity)
  return { kind: 'change', change: { [field]: read.value } }
}

const belowFilled = (filled: Decimal): ChangeOf => ({
  kind: 'mistake',
  words: `${formatExact(filled)} are filled already: ask for more, or cancel the rest.`,
})
