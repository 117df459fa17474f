/** What the ladder's clicks and keys do. Each is told how it went; nothing is sent that the user did not mean. */
import { toast } from 'sonner'
import { announce } from '@/components/announcer'
import { formatStep } from '@/format/numbers'
import { fly } from '@/pages/trade/ladder/in-flight'
import { useArm } from '@/pages/trade/ladder/settings'
import { useSession } from '@/session/store'
import { useStream } from '@/stream/store'
import { act, placedWords } from '@/trading/act'
import { cancelAll, cancelOrder, newClientOrderId, placeOrder, replaceOrder } from '@/trading/orders'
import { flatten, reverse } from '@/trading/position'
import { useSizes } from '@/trading/sizes'
import { editTicket, pickPrice } from '@/trading/ticket'
import { add, type Decimal, parseDecimal, subtract, toText, ZERO } from '@/wire/decimal'
import type { Side, Ticker } from '@/wire/reading'
import type { Order, Placed } from '@/wire/views'

/** A price of the ladder that somebody means. */
export interface Aim {
  readonly ticker: Ticker
  readonly side: Side
  readonly price: Decimal
  readonly step: Decimal
  /** Trade at once with what is there, and let nothing rest. */
  readonly immediate: boolean
}

function refuse(words: string): void {
  toast.error(words)
  announce(words, true)
}

export const isArmed = (ticker: Ticker): boolean =>
  useArm.getState().ticker === ticker && useSession.getState().me !== null

/** The chosen size; where it is none, that is told. */
function chosenSize(): Decimal | null {
  const size = parseDecimal(useSizes.getState().chosen)
  if (size !== null && size > 0n) return size
  refuse('Choose a size first: a number above zero.')
  return null
}

/** Take price and size into the order ticket, and send nothing. */
export function pick({ ticker, side, price, step }: Omit<Aim, 'immediate'>): void {
  pickPrice(ticker, price, side)
  const size = parseDecimal(useSizes.getState().chosen)
  if (size !== null && size > 0n) editTicket(ticker, { quantity: toText(size) })
  announce(`${side === 'buy' ? 'Buy' : 'Sell'} at ${formatStep(price, step)} is in the order`)
}

const isKnown = (placed: Placed): boolean => {
  const { open, ended } = useStream.getState().own
  if (placed.status !== 'open' && placed.status !== 'partial') return true
  return open.has(placed.order_id) || ended.some((order) => order.order_id === placed.order_id)
}

/** Trade at a price with the chosen size, or only take both into the ticket while the ladder is not armed. */
export function aimAt(aim: Aim): void {
  const { ticker, side, price, immediate } = aim
  if (!isArmed(ticker)) {
    pick(aim)
    return
  }
  if (useStream.getState().channels.get(`book:${ticker}`)?.standing !== 'live') {
    refuse('The book is not up to date. Nothing was sent.')
    return
  }
  const quantity = chosenSize()
  if (quantity === null) return
  const client_order_id = newClientOrderId()
  const doing = placeOrder({
    ticker,
    side,
    price,
    quantity,
    type: 'limit',
    time_in_force: immediate ? 'IOC' : 'GTC',
    client_order_id,
  })
  const flight = { ticker, side, price, quantity, clientOrderId: client_order_id, leaving: [] }
  void act(fly(flight, doing, isKnown), (placed) => {
    const words = placedWords(placed)
    if (placed.status !== 'open') return words
    // That it rests is seen in its row; a note for each would cover the page.
    announce(`${words} at ${formatStep(price, aim.step)}`)
    return null
  })
}

const isGone = (orders: readonly Order[]) => () => {
  const { open } = useStream.getState().own
  return orders.every((order) => !open.has(order.order_id))
}

const ordersWord = (count: number): string => (count === 1 ? '1 order' : `${count} orders`)

/** All of them, or the first thing that went wrong. */
async function every<T>(doing: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(doing)
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

const restOf = (orders: readonly Order[]): Decimal =>
  orders.reduce((sum, order) => add(sum, subtract(order.quantity, order.filled_quantity)), ZERO)

/** Cancel these orders of a row. */
export function cancelThese(orders: readonly Order[]): void {
  const [first] = orders
  if (!first) return
  const flight = {
    ticker: first.ticker,
    side: first.side,
    price: null,
    quantity: ZERO,
    clientOrderId: null,
    leaving: orders.map((order) => order.order_id),
  }
  const doing = every(orders.map((order) => cancelOrder(order.order_id)))
  void act(fly(flight, doing, isGone(orders)), () => {
    announce(`${ordersWord(orders.length)} cancelled`)
    return null
  })
}

/** Give these orders of a row another price. The first in time is sent first, and so stays ahead of the others. */
export function moveThese(orders: readonly Order[], price: Decimal, step: Decimal): void {
  const moved = orders
    .filter((order) => order.price !== price)
    .toSorted((a, b) => a.updated_at - b.updated_at || Number(a.order_id) - Number(b.order_id))
  const [first] = moved
  if (!first) return
  const flight = {
    ticker: first.ticker,
    side: first.side,
    price,
    quantity: restOf(moved),
    clientOrderId: null,
    leaving: moved.map((order) => order.order_id),
  }
  const isThere = () => {
    const { open } = useStream.getState().own
    return moved.every((order) => (open.get(order.order_id)?.price ?? price) === price)
  }
  const doing = every(moved.map((order) => replaceOrder(order.order_id, { price })))
  void act(fly(flight, doing, isThere), () => {
    announce(`${ordersWord(moved.length)} moved to ${formatStep(price, step)}`)
    return null
  })
}

export function cancelMarket(ticker: Ticker): void {
  void act(cancelAll(ticker), (count) =>
    count === 0 ? 'No orders to cancel' : `${ordersWord(count)} cancelled`,
  )
}

export function flattenMarket(ticker: Ticker): void {
  void act(flatten(ticker), (placed) =>
    placed ? placedWords(placed) : `No position in ${ticker} to flatten`,
  )
}

export function reverseMarket(ticker: Ticker): void {
  void act(reverse(ticker), (placed) =>
    placed ? placedWords(placed) : `No position in ${ticker} to reverse`,
  )
}
