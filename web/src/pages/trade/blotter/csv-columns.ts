/** What the exports hold: every digit, times in UTC. */

import type { CsvColumn } from '@/format/csv'
import { reasonWords } from '@/pages/trade/blotter/reasons'
import type { Position } from '@/trading/valuation'
import { type Decimal, toText } from '@/wire/decimal'
import type { Fill, News, Order } from '@/wire/views'

const time = (ms: number): string => new Date(ms).toISOString()
const textOf = (value: Decimal | null): string | null => (value === null ? null : toText(value))

export const ORDER_CSV: readonly CsvColumn<Order>[] = [
  { title: 'Created', text: (order) => time(order.created_at) },
  { title: 'Updated', text: (order) => time(order.updated_at) },
  { title: 'Order', figure: (order) => order.order_id },
  { title: 'Client order', text: (order) => order.client_order_id },
  { title: 'Market', text: (order) => order.ticker },
  { title: 'Side', text: (order) => order.side },
  { title: 'Type', text: (order) => order.type },
  { title: 'Time in force', text: (order) => order.time_in_force },
  { title: 'Price', figure: (order) => textOf(order.price) },
  { title: 'Stop price', figure: (order) => textOf(order.stop_price) },
  { title: 'Quantity', figure: (order) => toText(order.quantity) },
  { title: 'Filled', figure: (order) => toText(order.filled_quantity) },
  { title: 'Average price', figure: (order) => textOf(order.average_price) },
  { title: 'Status', text: (order) => order.status },
  { title: 'Reason', text: (order) => reasonWords(order.reason) },
]

export const FILL_CSV: readonly CsvColumn<Fill>[] = [
  { title: 'Time', text: (fill) => time(fill.timestamp) },
  { title: 'Trade', figure: (fill) => fill.trade_id.toString() },
  { title: 'Order', figure: (fill) => fill.order_id },
  { title: 'Client order', text: (fill) => fill.client_order_id },
  { title: 'Market', text: (fill) => fill.ticker },
  { title: 'Side', text: (fill) => fill.side },
  { title: 'Price', figure: (fill) => toText(fill.price) },
  { title: 'Quantity', figure: (fill) => toText(fill.quantity) },
  { title: 'Fee', figure: (fill) => toText(fill.fee) },
  { title: 'Liquidity', text: (fill) => fill.liquidity },
]

export const POSITION_CSV: readonly CsvColumn<Position>[] = [
  { title: 'Market', text: (position) => position.ticker },
  { title: 'Quantity', figure: (position) => toText(position.quantity) },
  { title: 'Locked', figure: (position) => toText(position.locked) },
  { title: 'Average cost', figure: (position) => textOf(position.averageCost) },
  { title: 'Last price', figure: (position) => toText(position.last) },
  { title: 'Value', figure: (position) => toText(position.value) },
  { title: 'Unrealised', figure: (position) => toText(position.unrealised) },
  { title: 'Realised', figure: (position) => toText(position.realised) },
  { title: 'Fees', figure: (position) => toText(position.fees) },
]

export const NEWS_CSV: readonly CsvColumn<News>[] = [
  { title: 'Time', text: (news) => time(news.timestamp) },
  { title: 'Market', text: (news) => news.ticker },
  { title: 'News', text: (news) => news.text },
]
