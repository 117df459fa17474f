/** What a live simulation sends, read into the application's own types. */
import * as v from 'valibot'
import { readJson } from '@/lab/json'
import { sequence as count, decimal, read, type side, WireError } from '@/wire/reading'

/** Microseconds since 1970, of simulated time. */
const micros = v.number()
const numbered = { sequence: v.number() }
const texts = v.array(v.string())

export const STATES = ['idle', 'running', 'paused', 'ended', 'failed'] as const

const hello = v.object({
  type: v.literal('hello'),
  version: v.optional(v.string(), ''),
  control: v.boolean(),
  channels: texts,
})

const listed = v.object({
  symbol: v.string(),
  price_step: decimal,
  lot_size: decimal,
  currency: v.optional(v.string(), ''),
})

const hashes = v.record(v.string(), v.object({ state: v.string(), event: v.string() }))

/** The state of the simulation, as the stream and the requests tell it. */
export const simulation = v.object({
  state: v.picklist(STATES),
  run: v.nullish(v.string(), null),
  name: v.nullish(v.string(), null),
  seed: v.nullish(v.union([v.number(), v.string()]), null),
  /** Simulated seconds for one on the wall; 0 is as fast as it goes. */
  speed: v.nullish(v.number(), 1),
  timestamp: v.nullish(micros, null),
  began: v.nullish(micros, null),
  ends: v.nullish(micros, null),
  steps: v.nullish(v.number(), 0),
  events: v.nullish(v.number(), 0),
  events_per_second: v.nullish(v.number(), 0),
  trades: v.nullish(v.number(), 0),
  consumers: v.nullish(v.number(), 0),
  memory_bytes: v.nullish(v.number(), null),
  /** What is left out to save memory. */
  degraded: v.nullish(v.string(), null),
  reason: v.nullish(v.string(), null),
  hashes: v.nullish(hashes, null),
  symbols: v.nullish(v.array(listed), []),
})

const marketData = v.object({
  ...numbered,
  type: v.literal('market_data'),
  timestamp: micros,
  symbol: v.string(),
  last_price: v.nullable(decimal),
  bid_price: v.nullable(decimal),
  ask_price: v.nullable(decimal),
  bid_size: v.nullable(decimal),
  ask_size: v.nullable(decimal),
  volume_24h: decimal,
  taker_buy_volume_24h: v.nullish(decimal, null),
  trade_count: v.number(),
  made_us: v.optional(v.number()),
})

/** A trade, with its time in milliseconds as the tape wants it. */
export const trade = v.pipe(
  v.object({
    sequence: v.optional(v.number(), 0),
    timestamp: micros,
    symbol: v.string(),
    trade_id: count,
    price: decimal,
    size: decimal,
    side: v.picklist(['buy', 'sell', 'auction']),
    buyer: v.nullish(v.string(), null),
    seller: v.nullish(v.string(), null),
  }),
  v.transform(({ size, timestamp, ...rest }) => ({
    ...rest,
    quantity: size,
    timestamp: timestamp / 1_000,
  })),
)

const level = v.pipe(
  v.tuple([decimal, decimal]),
  v.transform(([price, quantity]) => ({ price, quantity })),
)

const orderbook = v.object({
  ...numbered,
  type: v.literal('orderbook'),
  timestamp: micros,
  symbol: v.string(),
  /** Best first. */
  bids: v.array(level),
  asks: v.array(level),
})

const kline = v.pipe(
  v.object({
    ...numbered,
    type: v.literal('kline'),
    s: v.string(),
    k: v.object({
      t: v.number(),
      i: v.string(),
      o: decimal,
      h: decimal,
      l: decimal,
      c: decimal,
      v: decimal,
      n: v.number(),
      x: v.boolean(),
    }),
  }),
  v.transform(({ type, sequence, s, k }) => ({
    type,
    sequence,
    symbol: s,
    frame: k.i,
    candle: {
      timestamp: k.t,
      open: k.o,
      high: k.h,
      low: k.l,
      close: k.c,
      volume: k.v,
      trades: k.n,
    },
  })),
)

/** What an agent, or a group that is steered as one, is set up with: its parameters stand beside its name. */
const config = v.looseObject({
  agent_id: v.string(),
  agent_type: v.string(),
  count: v.optional(v.number(), 1),
})

const agentConfigs = v.object({
  ...numbered,
  type: v.literal('agent_configs'),
  /** Not in every venue's message. */
  timestamp: v.nullish(micros, null),
  configs: v.array(config),
})

const agentStats = v.object({
  agent_id: v.string(),
  agent_type: v.string(),
  count: v.optional(v.number(), 1),
  balance: decimal,
  /** Of its first market. */
  position: decimal,
  positions: v.optional(v.record(v.string(), decimal), {}),
  total_trades: v.number(),
  total_volume: decimal,
  pnl: decimal,
  active_orders: v.number(),
  /** Whether they left: what they hold is part of the sum still. */
  left: v.optional(v.boolean(), false),
})

const stats = v.object({
  ...numbered,
  type: v.literal('agent_stats'),
  timestamp: micros,
  agents: v.array(agentStats),
})

const news = v.object({
  ...numbered,
  type: v.literal('news'),
  timestamp: micros,
  symbol: v.nullish(v.string(), null),
  text: v.string(),
})

const id = v.nullish(v.union([v.number(), v.string()]))
const answered = { id, success: v.boolean(), error: v.nullish(v.string(), null) }

const SCHEMAS = {
  hello,
  simulation: v.object({ ...simulation.entries, ...numbered, type: v.literal('simulation') }),
  market_data: marketData,
  trade: v.pipe(
    v.looseObject({ type: v.literal('trade') }),
    v.transform((value) => value as unknown),
    trade,
    v.transform((value) => ({ ...value, type: 'trade' as const })),
  ),
  orderbook,
  kline,
  agent_configs: agentConfigs,
  agent_stats: stats,
  news,
  agent_response: v.object({ ...answered, type: v.literal('agent_response'), action: v.nullish(v.string()) }),
  control_response: v.object({
    ...answered,
    type: v.literal('control_response'),
    action: v.nullish(v.string()),
  }),
  auth_response: v.object({ ...answered, type: v.literal('auth_response') }),
  subscribed: v.object({ type: v.literal('subscribed'), id, channels: texts }),
  pong: v.object({ type: v.literal('pong'), id }),
  error: v.object({ type: v.literal('error'), id, error: v.string() }),
  goodbye: v.object({ type: v.literal('goodbye'), code: v.string(), detail: v.optional(v.string(), '') }),
} as const

type Kind = keyof typeof SCHEMAS
export type LabMessage = { [K in Kind]: v.InferOutput<(typeof SCHEMAS)[K]> }[Kind]
export type Simulation = v.InferOutput<typeof simulation>
export type LabMarket = v.InferOutput<typeof listed>
export type MarketData = v.InferOutput<typeof marketData>
export type LabTrade = v.InferOutput<typeof trade>
export type Orderbook = v.InferOutput<typeof orderbook>
export type Kline = v.InferOutput<typeof kline>
export type LabCandle = Kline['candle']
export type AgentConfig = v.InferOutput<typeof config>
export type AgentStats = v.InferOutput<typeof agentStats>
export type LabNews = v.InferOutput<typeof news>
export type LabSide = v.InferOutput<typeof side>
/** The answer to something that was asked. */
export type LabAnswer = Extract<LabMessage, { id?: unknown }>

const isKind = (text: unknown): text is Kind => typeof text === 'string' && Object.hasOwn(SCHEMAS, text)

/** Read a message; null for a kind that this page does not know. Raises WireError. */
export function readLabMessage(text: string): LabMessage | null {
  let value: unknown
  try {
    value = readJson(text)
  } catch {
    throw new WireError('a message is no JSON')
  }
  const kind = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  if (!isKind(kind)) return null
  return read(SCHEMAS[kind], value, `message ${kind}`)
}
