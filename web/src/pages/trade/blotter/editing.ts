/** The one cell of a working order that somebody is changing. It stays while its row is scrolled out of sight. */
import { toast } from 'sonner'
import { create } from 'zustand'
import { announce } from '@/components/announcer'
import { formatExact } from '@/format/numbers'
import { errorWords, statusWord } from '@/format/words'
import { changeOf, type Edited } from '@/pages/trade/blotter/change-of'
import { RefusedError, UnansweredError } from '@/stream/connection'
import { useStream } from '@/stream/store'
import { replaceOrder } from '@/trading/orders'
import { placeRefusal } from '@/trading/refusals'
import { toText } from '@/wire/decimal'
import type { Instrument, Order } from '@/wire/views'

export interface Editing {
  readonly order: Order
  readonly field: Edited
  readonly text: string
  readonly words: string | null
  readonly busy: boolean
}

export const useEditing = create<{ readonly editing: Editing | null }>(() => ({ editing: null }))

const put = (editing: Editing | null): void => useEditing.setState({ editing })

export function beginEditing(order: Order, field: Edited): void {
  const value = order[field]
  if (value !== null) put({ order, field, text: toText(value), words: null, busy: false })
}

export function typeInto(text: string): void {
  const { editing } = useEditing.getState()
  if (editing) put({ ...editing, text, words: null })
}

export const stopEditing = (): void => put(null)

/** The editing that is still of this cell: another may have begun meanwhile. */
function stillOf(order: Order, field: Edited): Editing | null {
  const { editing } = useEditing.getState()
  return editing?.order.order_id === order.order_id && editing.field === field ? editing : null
}

/** Send what was typed, or say beside it why not. */
export async function sendEditing(steps: Pick<Instrument, 'price_step' | 'quantity_step'>): Promise<void> {
  const { editing } = useEditing.getState()
  if (!editing || editing.busy) return
  const { field, text } = editing
  // The order may have been filled in part since the editing began.
  const order = useStream.getState().own.open.get(editing.order.order_id) ?? editing.order
  const found = changeOf(order, field, text, steps)
  if (found.kind === 'same') return stopEditing()
  if (found.kind === 'mistake') return put({ ...editing, words: found.words })
  put({ ...editing, words: null, busy: true })
  try {
    const changed = await replaceOrder(order.order_id, found.change)
    if (stillOf(order, field)) stopEditing()
    tell(changed)
  } catch (error) {
    const words = wordsOf(error, order)
    const now = stillOf(order, field)
    if (now) put({ ...now, words, busy: false })
    else toast.error(words)
    announce(words, true)
  }
}

function tell(order: Order): void {
  const what = `${order.side === 'buy' ? 'Buy' : 'Sell'} ${formatExact(order.quantity)} ${order.ticker}`
  const words = `${what}: changed${order.status === 'filled' ? ' and filled' : ''}`
  toast.success(words)
  announce(words)
}

function wordsOf(error: unknown, order: Order): string {
  if (error instanceof RefusedError) return placeRefusal(error.code, error, order.type).words
  if (error instanceof UnansweredError) {
    return error.sent
      ? 'No answer came. Look whether the order has changed before you send it again.'
      : 'There is no connection to the venue: nothing was sent.'
  }
  return errorWords(error)
}

/** The order that is being changed has ended: say how, and leave it. */
export function endEditing(ended: Order | undefined): void {
  const { editing } = useEditing.getState()
  if (!editing) return
  const how = ended ? statusWord(ended.status).toLowerCase() : 'gone'
  const words = `The order you were changing is ${how}.`
  put(null)
  toast.info(words)
  announce(words, true)
}
