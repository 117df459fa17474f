/** What comes over the WebSocket, read into the application's own types. */
import * as v from 'valibot'
import { parseJson } from '@/wire/json'
import { decimal, read, sequence, ticker, WireError } from '@/wire/reading'
import { balance, fill, glance, type News, order, trade } from '@/wire/views'

const hello = v.object({
  type: v.literal('hello'),
  durability: v.picklist(['durable', 'memory']),
  sequence,
  /** Another one after each start of the venue. */
  epoch: v.number(),
})

const refusal = v.object({ detail: v.string(), code: v.string() })

const reply = v.object({
  type: v.literal('reply'),
  /** Of what it answers; null where that had none. */
  id: v.nullish(v.union([v.number(), v.string()])),
  ok: v.boolean(),
  data: v.optional(v.unknown()),
  error: v.optional(refusal),
  /** What was sent along as `timestamp`. */
  timestamp: v.optional(v.number()),
  /** When the venue read the message and when it wrote this, in microseconds since 1970. */
  received_us: v.optional(v.number()),
  sent_us: v.optional(v.number()),
})

const pong = v.object({
  type: v.literal('pong'),
  /** Of what it answers; null where that had none. */
  id: v.nullish(v.union([v.number(), v.string()])),
  timestamp: v.optional(v.number()),
  received_us: v.optional(v.number()),
  sent_us: v.optional(v.number()),
})

const goodbye = v.object({ type: v.literal('goodbye'), code: v.string(), detail: v.string() })

const frame = { channel: v.string(), previous: sequence, snapshot: v.optional(v.boolean(), false) }
const numbered = { ...frame, sequence }

const level = v.tuple([decimal, decimal])

const prices = v.object({ ...numbered, type: v.literal('prices'), data: v.record(v.string(), glance) })
const book = v.object({
  ...numbered,
  type: v.literal('book'),
  data: v.object({ ticker, bids: v.array(level), asks: v.array(level) }),
})
const tape = v.object({
  ...numbered,
  type: v.literal('trades'),
  data: v.object({ ticker, trades: v.array(trade) }),
})
const traded = v.object({ ...numbered, type: v.literal('trade'), data: trade })
const account = v.object({
  ...numbered,
  type: v.literal('account'),
  data: v.object({ orders: v.array(order), balance }),
})
const ordered = v.object({ ...numbered, type: v.literal('order'), data: v.object({ order }) })
const filled = v.object({ ...numbered, type: v.literal('fill'), data: v.object({ order, fill }) })
const balanced = v.object({ ...numbered, type: v.literal('balance'), data: v.object({ balance }) })
/** On the stream news carry nanoseconds, which no double keeps. */
const note = v.pipe(
  v.object({ time_ns: sequence, text: v.string(), ticker: v.nullish(ticker, null) }),
  v.transform(
    (told): News => ({
      timestamp: Number(told.time_ns / 1_000_000n),
      text: told.text,
      ticker: told.ticker,
    }),
  ),
)
const newsFrame = v.object({
  ...numbered,
  type: v.literal('news'),
  data: v.union([v.object({ news: v.array(note) }), note]),
})

const SCHEMAS = {
  hello,
  reply,
  pong,
  goodbye,
  prices,
  book,
  trades: tape,
  trade: traded,
  account,
  order: ordered,
  fill: filled,
  balance: balanced,
  news: newsFrame,
} as const

type Kind = keyof typeof SCHEMAS
export type Message = { [K in Kind]: v.InferOutput<(typeof SCHEMAS)[K]> }[Kind]
export type Hello = v.InferOutput<typeof hello>
export type Reply = v.InferOutput<typeof reply>
export type Pong = v.InferOutput<typeof pong>
export type Level = v.InferOutput<typeof level>
/** A message of a channel, with its number in it. */
export type Frame = Extract<Message, { channel: string }>
export type Refusal = v.InferOutput<typeof refusal>

const isKind = (text: unknown): text is Kind => typeof text === 'string' && Object.hasOwn(SCHEMAS, text)

/** Read a message; null for a kind that a later venue may have and this page does not know. Raises WireError. */
export function readMessage(text: string): Message | null {
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    throw new WireError('a message is no JSON')
  }
  const kind = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  if (!isKind(kind)) return null
  return read(SCHEMAS[kind], value, `message ${kind}`)
}
