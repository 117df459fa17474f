import { expect, test } from 'vitest'
import { allFills, groupsOf, linesOf, marksOf, markWords } from '@/pages/trade/chart/own'
import { decimalOf } from '@/wire/decimal'
import { asSequence, asTicker, type Side } from '@/wire/reading'
import type { Fill, Order } from '@/wire/views'

const fill = (id: number, timestamp: number, side: Side, price: number, quantity: number): Fill => ({
  trade_id: asSequence(id),
  order_id: `of ${side}`,
  client_order_id: null,
  ticker: asTicker('FUN'),
  side,
  price: decimalOf(price),
  quantity: decimalOf(quantity),
  fee: decimalOf(0),
  liquidity: 'maker',
  buyer_id: 'b',
  seller_id: 's',
  timestamp,
})

const order = (id: string, side: Side, change: Partial<Order>): Order => ({
  order_id: id,
  client_order_id: null,
  ticker: asTicker('FUN'),
  side,
  type: 'limit',
  time_in_force: 'GTC',
  price: decimalOf(100),
  stop_price: null,
  quantity: decimalOf(10),
  filled_quantity: decimalOf(0),
  average_price: null,
  status: 'open',
  reason: null,
  created_at: 0,
  updated_at: 0,
  ...change,
})

test('fills that history and stream both tell are there once, both sides of a trade with oneself twice', () => {
  const [a, b, c] = [fill(1, 0, 'buy', 1, 1), fill(2, 0, 'buy', 1, 1), fill(2, 0, 'sell', 1, 1)] as const
  expect(allFills([b, a], [c, b])).toEqual([c, b, a])
})

test('fills of one candle and side are one mark with the average price', () => {
  const marks = marksOf(
    [fill(3, 119_000, 'sell', 12, 1), fill(2, 61_000, 'buy', 11, 3), fill(1, 60_000, 'buy', 10, 1)],
    '1m',
  )
  expect(marks).toEqual([
    { time: 60_000, side: 'buy', quantity: decimalOf(4), averagePrice: decimalOf('10.75'), fills: 2 },
    { time: 60_000, side: 'sell', quantity: decimalOf(1), averagePrice: decimalOf(12), fills: 1 },
  ])
  expect(marks.map((mark) => markWords(mark, decimalOf('0.01')))).toEqual([
    'Bought 4 @ 10.75',
    'Sold 1 @ 12.00',
  ])
})

test('orders at one price are one line with what is left of them', () => {
  const lines = linesOf(
    groupsOf([
      order('1', 'buy', {}),
      order('2', 'buy', { filled_quantity: decimalOf(4) }),
      order('3', 'sell', { price: decimalOf(101) }),
      order('4', 'sell', { type: 'stop', price: null, stop_price: decimalOf(90) }),
      order('5', 'buy', { type: 'market', price: null }),
    ]),
    null,
  )
  expect(lines.map(({ words, price, stop }) => [words, price, stop])).toEqual([
    ['Buy 16 (2 orders)', decimalOf(100), false],
    ['Sell 10', decimalOf(101), false],
    ['Stop sell 10', decimalOf(90), true],
  ])
})

test('of too many lines those nearest to the last price are drawn', () => {
  const many = Array.from({ length: 200 }, (_, place) =>
    order(String(place), 'buy', { price: decimalOf(1 + (place % 100)) }),
  )
  const lines = linesOf(groupsOf(many), decimalOf(80))
  expect(lines).toHaveLength(50)
  const prices = lines.map(({ price }) => price)
  expect([prices.includes(decimalOf(80)), prices.includes(decimalOf(100))]).toEqual([true, true])
  expect(prices.every((price) => price >= decimalOf(51))).toBe(true)
  expect(new Set(lines.map(({ words }) => words))).toEqual(new Set(['Buy 20 (2 orders)']))
  expect(linesOf(groupsOf(many), null)).toHaveLength(50)
})
