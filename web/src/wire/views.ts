/** What the venue shows: the same objects over REST and over the stream. */
import * as v from 'valibot'
import { decimal, orderType, sequence, side, status, ticker, time, timeInForce } from '@/wire/reading'

export const glance = v.object({
  current_price: decimal,
  best_bid: v.nullable(decimal),
  best_ask: v.nullable(decimal),
  /** As a part: 0.01 is one per cent. */
  change_24h: v.number(),
  volume_24h: decimal,
  high_24h: v.nullable(decimal),
  low_24h: v.nullable(decimal),
  phase: v.string(),
})

export const instrument = v.object({
  ticker,
  name: v.string(),
  price_step: decimal,
  quantity_step: decimal,
  maker_fee_ppm: v.number(),
  taker_fee_ppm: v.number(),
  protection_ppm: v.number(),
})

export const trade = v.object({
  trade_id: sequence,
  ticker,
  price: decimal,
  quantity: decimal,
  buyer_id: v.string(),
  seller_id: v.string(),
  /** Who came to the market: the side of the taker. */
  side: v.picklist(['buy', 'sell', 'auction']),
  timestamp: time,
})

export const order = v.object({
  order_id: v.string(),
  client_order_id: v.nullable(v.string()),
  ticker,
  side,
  type: orderType,
  time_in_force: timeInForce,
  price: v.nullable(decimal),
  stop_price: v.nullable(decimal),
  quantity: decimal,
  filled_quantity: decimal,
  average_price: v.nullable(decimal),
  status,
  reason: v.nullable(v.string()),
  created_at: time,
  updated_at: time,
})

export const fill = v.object({
  trade_id: sequence,
  order_id: v.string(),
  client_order_id: v.nullable(v.string()),
  ticker,
  side,
  price: decimal,
  quantity: decimal,
  fee: decimal,
  liquidity: v.picklist(['maker', 'taker']),
  buyer_id: v.string(),
  seller_id: v.string(),
  timestamp: time,
})

export const balance = v.object({
  cash: decimal,
  escrowed_cash: decimal,
  buying_power: decimal,
  holdings: v.array(v.object({ ticker, quantity: decimal, locked: decimal })),
})

const holding = v.object({
  ticker,
  quantity: decimal,
  locked: decimal,
  current_price: decimal,
  value: decimal,
  average_cost: v.nullable(decimal),
  realized_pnl: decimal,
  unrealized_pnl: decimal,
  fees: decimal,
})

export const portfolio = v.object({
  user_id: v.string(),
  username: v.string(),
  cash: decimal,
  escrowed_cash: decimal,
  buying_power: decimal,
  holdings: v.array(holding),
  total_value: decimal,
})

export const candle = v.object({
  timestamp: time,
  open: decimal,
  high: decimal,
  low: decimal,
  close: decimal,
  volume: decimal,
})

export const leader = v.object({
  rank: v.number(),
  user_id: v.string(),
  username: v.string(),
  cash: decimal,
  holdings: v.record(v.string(), decimal),
  total_value: decimal,
})

export const news = v.object({ timestamp: time, text: v.string(), ticker: v.nullable(ticker) })

export const placed = v.object({
  order_id: v.string(),
  client_order_id: v.nullable(v.string()),
  ticker,
  side,
  price: v.nullable(decimal),
  quantity: decimal,
  filled_quantity: decimal,
  status,
  trades: v.array(v.object({ trade_id: sequence, price: decimal, quantity: decimal })),
})

export const key = v.object({
  key_id: v.string(),
  label: v.string(),
  prefix: v.string(),
  created_at: time,
})

export const signInSession = v.object({
  session_id: v.string(),
  created_at: time,
  expires_at: time,
  last_seen_at: v.nullable(time),
  address: v.string(),
  agent: v.string(),
  current: v.boolean(),
})

export const user = v.object({
  user_id: v.string(),
  username: v.string(),
  role: v.picklist(['trader', 'admin', 'house']),
  account: v.nullable(v.number()),
  disabled: v.boolean(),
})

export type Glance = v.InferOutput<typeof glance>
export type Instrument = v.InferOutput<typeof instrument>
export type Trade = v.InferOutput<typeof trade>
export type Order = v.InferOutput<typeof order>
export type Fill = v.InferOutput<typeof fill>
export type Balance = v.InferOutput<typeof balance>
export type Holding = v.InferOutput<typeof holding>
export type Portfolio = v.InferOutput<typeof portfolio>
export type Candle = v.InferOutput<typeof candle>
export type Leader = v.InferOutput<typeof leader>
export type News = v.InferOutput<typeof news>
export type Placed = v.InferOutput<typeof placed>
export type ApiKey = v.InferOutput<typeof key>
export type SignInSession = v.InferOutput<typeof signInSession>
export type User = v.InferOutput<typeof user>
