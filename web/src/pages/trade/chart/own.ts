/** What of a trader's own is drawn on a chart: his fills, candle by candle, and the prices at which his orders work. */

import { formatExact, formatStep } from '@/format/numbers'
import { startOf } from '@/pages/trade/chart/candles'
import type { ChartLine, ChartMark } from '@/trading/price-chart'
import type { Interval } from '@/wire/api'
import { absolute, add, type Decimal, divide, multiply, subtract, ZERO } from '@/wire/decimal'
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

/** A mark as the chart draws it. */
export function chartMarkOf({ side, time, quantity }: FillMark): ChartMark {
  const bought = side === 'buy'
  return {
    key: `${side} ${time}`,
    time,
    position: bought ? 'belowBar' : 'aboveBar',
    shape: bought ? 'arrowUp' : 'arrowDown',
    tone: bought ? 'up' : 'down',
    words: `${bought ? 'B' : 'S'} ${formatExact(quantity)}`,
  }
}

/** Prices of own orders that are drawn: each line is a stroke across the chart and a label. */
const LINES_MAX = 50

/** Where orders work: those of one side and kind at one price are one line. */
export interface OrderLine extends ChartLine {
  /** Whether it waits for the price rather than rests in the book. */
  readonly stop: boolean
  /** Buy 30 (2 orders), or Buy 30 where it is one. */
  readonly words: string
}

/** Orders of one side and kind at one price. */
export interface OrderGroup extends Omit<OrderLine, 'words'> {
  readonly quantity: Decimal
  readonly count: number
}

/** Working orders by where they work. */
export function groupsOf(orders: Iterable<Order>): readonly OrderGroup[] {
  const groups = new Map<string, OrderGroup>()
  for (const order of orders) {
    const price = order.stop_price ?? order.price
    if (price === null) continue
    const { side } = order
    const stop = order.stop_price !== null
    const key = `${side} ${stop} ${price}`
    const before = groups.get(key)
    const rest = subtract(order.quantity, order.filled_quantity)
    const quantity = add(before?.quantity ?? ZERO, rest)
    groups.set(key, { key, side, price, stop, quantity, count: (before?.count ?? 0) + 1 })
  }
  return [...groups.values()]
}

/** The lines of working orders: where there are too many, those nearest to the last price, if that is known. */
export const linesOf = (groups: readonly OrderGroup[], last: Decimal | null): readonly OrderLine[] =>
  nearest(groups, last).map(({ quantity, count, ...line }) => ({
    ...line,
    words: `${sideWord(line.side, line.stop)} ${formatExact(quantity)}${count > 1 ? ` (${count} orders)` : ''}`,
  }))

/** The groups nearest to a price, in the order in which they were. */
function nearest(groups: readonly OrderGroup[], last: Decimal | null): readonly OrderGroup[] {
  if (groups.length <= LINES_MAX) return groups
  if (last === null) return groups.slice(0, LINES_MAX)
  const away = ({ price }: OrderGroup) => absolute(subtract(price, last))
  const sorted = groups.toSorted((a, b) => {
    const [left, right] = [away(a), away(b)]
    return left < right ? -1 : left > right ? 1 : 0
  })
  const kept = new Set(sorted.slice(0, LINES_MAX))
  return groups.filter((group) => kept.has(group))
}

const sideWord = (side: Side, stop: boolean): string =>
  stop ? `Stop ${side}` : side === 'buy' ? 'Buy' : 'Sell'
