/** What of a trader's own is drawn on a chart: his fills, candle by candle, and the prices at which his orders work. */

import { formatExact, formatStep } from '@/format/numbers'
import { startOf } from '@/pages/trade/chart/candles'
import type { Interval } from '@/wire/api'
import { add, type Decimal, divide, multiply, subtract, ZERO } from '@/wire/decimal'
import type { Milliseconds, Side } from '@/wire/reading'
import type { Fill, Order } from '@/wire/views'

/** Candles with own fills that are marked: the newest. */
const MARKED_MAX = 500

/** What was bought, or sold, within a candle. */
export interface FillMark {
  /** When the candle begins. */
  readonly time: Milliseconds
  readonly side: Side
  readonly quantity: Decimal
  /** Rounded at 10^-18. */
  readonly averagePrice: Decimal
  readonly fills: number
}

/** Fills from the history and from the stream, each once. */
export function allFills(past: readonly Fill[], live: readonly Fill[]): readonly Fill[] {
  const known = new Set<string>()
  return [...live, ...past].filter((fill) => {
    const key = `${fill.trade_id} ${fill.order_id}`
    if (known.has(key)) return false
    known.add(key)
    return true
  })
}

/** Fills candle by candle, oldest first; bought before sold where both fall into one. */
export function marksOf(fills: readonly Fill[], interval: Interval): readonly FillMark[] {
  const sums = new Map<string, FillMark & { readonly cost: Decimal }>()
  for (const { timestamp, side, quantity, price } of fills) {
    const time = startOf(timestamp, interval)
    const key = `${time} ${side}`
    const before = sums.get(key)
    sums.set(key, {
      time,
      side,
      quantity: add(before?.quantity ?? ZERO, quantity),
      cost: add(before?.cost ?? ZERO, multiply(price, quantity)),
      averagePrice: price,
      fills: (before?.fills ?? 0) + 1,
    })
  }
  return [...sums.values()]
    .map(({ cost, ...mark }) =>
      mark.fills > 1 ? { ...mark, averagePrice: divide(cost, mark.quantity) } : mark,
    )
    .sort((a, b) => a.time - b.time || (a.side < b.side ? -1 : 1))
    .slice(-MARKED_MAX)
}

/** A mark in words: Bought 12 @ 101.20. */
export const markWords = (mark: FillMark, step: Decimal): string =>
  `${mark.side === 'buy' ? 'Bought' : 'Sold'} ${formatExact(mark.quantity)} @ ${formatStep(mark.averagePrice, step)}`

/** Where orders work: those of one side and kind at one price are one line. */
export interface OrderLine {
  readonly key: string
  readonly side: Side
  readonly price: Decimal
  /** Whether it waits for the price rather than rests in the book. */
  readonly stop: boolean
  /** Buy 30 (2 orders). */
  readonly words: string
}

/** The lines of working orders. */
export function linesOf(orders: Iterable<Order>): readonly OrderLine[] {
  const found = new Map<string, Omit<OrderLine, 'words' | 'key'> & { quantity: Decimal; count: number }>()
  for (const order of orders) {
    const price = order.stop_price ?? order.price
    if (price === null) continue
    const stop = order.stop_price !== null
    const key = `${order.side} ${stop} ${price}`
    const before = found.get(key)
    const rest = subtract(order.quantity, order.filled_quantity)
    found.set(key, {
      side: order.side,
      price,
      stop,
      quantity: add(before?.quantity ?? ZERO, rest),
      count: (before?.count ?? 0) + 1,
    })
  }
  return [...found].map(([key, { quantity, count, ...line }]) => ({
    ...line,
    key,
    words: `${sideWord(line.side, line.stop)} ${formatExact(quantity)}${count > 1 ? ` (${count})` : ''}`,
  }))
}

const sideWord = (side: Side, stop: boolean): string =>
  stop ? `Stop ${side}` : side === 'buy' ? 'Buy' : 'Sell'
