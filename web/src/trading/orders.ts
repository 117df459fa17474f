/**
 * What a trader does, from whatever part of the page: place, replace, cancel.
 *
 * An order whose answer was lost with the connection is sent again with the same client order id when the venue is
 * back, which has one effect and gives the first answer.
 */
import * as v from 'valibot'
import { RefusedError, UnansweredError } from '@/stream/connection'
import { connection, useStream } from '@/stream/store'
import { type OrderDraft, wireOrder } from '@/trading/draft'
import { type Decimal, toText } from '@/wire/decimal'
import { read, type Ticker } from '@/wire/reading'
import { type Order, order, type Placed, placed } from '@/wire/views'

/** How long an order waits for the connection to come back before its sender is told. */
const BACK_WITHIN_MS = 20_000

const cancelled = v.object({ order_id: v.string(), status: v.string(), message: v.string() })
const cancelledAll = v.object({ cancelled: v.number(), message: v.string() })

/** A name for an order that nobody else gives. */
export const newClientOrderId = (): string => `web-${crypto.randomUUID()}`

/** Wait until there is a connection; false where there is none in time. */
function connected(within: number): Promise<boolean> {
  if (useStream.getState().link === 'open') return Promise.resolve(true)
  return new Promise((resolve) => {
    const done = (answer: boolean) => {
      clearTimeout(timer)
      unsubscribe()
      resolve(answer)
    }
    const timer = setTimeout(() => done(false), within)
    const unsubscribe = useStream.subscribe((state) => {
      if (state.link === 'open') done(true)
    })
  })
}

/** Place an order. Raises RefusedError with the reason, or UnansweredError where the venue stays away. */
export async function placeOrder(draft: OrderDraft): Promise<Placed> {
  const fields = wireOrder(draft)
  const send = async () =>
    read(placed, (await connection.ask({ op: 'place', ...fields }, true)).data, 'the answer to an order')
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof UnansweredError) || !(await connected(BACK_WITHIN_MS))) throw error
    return await send()
  }
}

export interface Change {
  readonly price?: Decimal
  readonly quantity?: Decimal
  readonly stop_price?: Decimal
}

/** Change a working order. Less quantity alone keeps its place. */
export async function replaceOrder(orderId: string, change: Change): Promise<Order> {
  const fields = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, toText(value)]))
  const reply = await connection.ask({ op: 'replace', order_id: orderId, ...fields }, true)
  return read(order, reply.data, 'the answer to a change')
}

/** Cancel a working order; one that has ended meanwhile is no mistake. */
export async function cancelOrder(orderId: string): Promise<void> {
  try {
    const reply = await connection.ask({ op: 'cancel', order_id: orderId }, true)
    read(cancelled, reply.data, 'the answer to a cancel')
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'unknown_order') return
    throw error
  }
}

/** Cancel all working orders, of one market or of all; return how many there were. */
export async function cancelAll(ticker?: Ticker): Promise<number> {
  const reply = await connection.ask({ op: 'cancel_all', ...(ticker ? { ticker } : {}) }, true)
  return read(cancelledAll, reply.data, 'the answer to a cancel of all').cancelled
}
