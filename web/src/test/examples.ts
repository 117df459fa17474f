/** Messages as a venue sends them, for tests. */
import { type Decimal, decimalOf } from '@/wire/decimal'
import type { Frame, Hello, Level } from '@/wire/messages'
import { asSequence, asTicker } from '@/wire/reading'
import type { Balance, Fill, Order, Trade } from '@/wire/views'

export const FUN = asTicker('FUN')

export const hello = (epoch = 1): Hello => ({
  type: 'hello',
  durability: 'durable',
  sequence: asSequence(1),
  epoch,
})

export const aTrade = (id: number, price = '100', quantity = '1'): Trade => ({
  trade_id: asSequence(id),
  ticker: FUN,
  price: decimalOf(price),
  quantity: decimalOf(quantity),
  buyer_id: 'b',
  seller_id: 's',
  side: 'buy',
  timestamp: 1_700_000_000_000 + id,
})

const numbers = (channel: string, sequence: number, previous: number, snapshot = false) => ({
  channel,
  sequence: asSequence(sequence),
  previous: asSequence(previous),
  snapshot,
})

export const tradeFrame = (sequence: number, previous: number, trade = aTrade(sequence)): Frame => ({
  ...numbers('trades:FUN', sequence, previous),
  type: 'trade',
  data: trade,
})

export const tapeFrame = (sequence: number, trades: Trade[]): Frame => ({
  ...numbers('trades:FUN', sequence, 0, true),
  type: 'trades',
  data: { ticker: FUN, trades },
})

export const level = (price: string, quantity: string): Level => [decimalOf(price), decimalOf(quantity)]

export const bookFrame = (
  sequence: number,
  previous: number,
  bids: Level[],
  asks: Level[] = [],
  snapshot = false,
): Frame => ({
  ...numbers('book:FUN', sequence, previous, snapshot),
  type: 'book',
  data: { ticker: FUN, bids, asks },
})

export const anOrder = (id: string, change: Partial<Order> = {}): Order => ({
  order_id: id,
  client_order_id: null,
  ticker: FUN,
  side: 'buy',
  type: 'limit',
  time_in_force: 'GTC',
  price: decimalOf('99'),
  stop_price: null,
  quantity: decimalOf('10'),
  filled_quantity: decimalOf('0'),
  average_price: null,
  status: 'open',
  reason: null,
  created_at: 1_700_000_000_000,
  updated_at: 1_700_000_000_000,
  ...change,
})

export const aBalance = (cash = '10000'): Balance => ({
  cash: decimalOf(cash),
  escrowed_cash: 0n as Decimal,
  buying_power: decimalOf(cash),
  holdings: [],
})

export const aFill = (order: Order, id: number, quantity: string): Fill => ({
  trade_id: asSequence(id),
  order_id: order.order_id,
  client_order_id: null,
  ticker: FUN,
  side: order.side,
  price: decimalOf('99'),
  quantity: decimalOf(quantity),
  fee: 0n as Decimal,
  liquidity: 'maker',
  buyer_id: 'b',
  seller_id: 's',
  timestamp: 1_700_000_000_000,
})

export const accountFrame = (sequence: number, orders: Order[]): Frame => ({
  ...numbers('account', sequence, 0, true),
  type: 'account',
  data: { orders, balance: aBalance() },
})

export const orderFrame = (sequence: number, previous: number, order: Order): Frame => ({
  ...numbers('account', sequence, previous),
  type: 'order',
  data: { order },
})

export const fillFrame = (sequence: number, previous: number, order: Order, fill: Fill): Frame => ({
  ...numbers('account', sequence, previous),
  type: 'fill',
  data: { order, fill },
})
