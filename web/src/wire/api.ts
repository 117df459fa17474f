/** Every request that the application makes, by name. */
import * as v from 'valibot'
import { decimal, type Sequence, type Ticker, time } from '@/wire/reading'
import { type Method, request } from '@/wire/rest'
import {
  candle,
  fill,
  instrument,
  key,
  leader,
  news,
  order,
  portfolio,
  signInSession,
  trade,
  user,
} from '@/wire/views'

export const INTERVALS = ['1s', '1m', '5m', '15m', '1h', '1d'] as const
export type Interval = (typeof INTERVALS)[number]
export const SECONDS: Readonly<Record<Interval, number>> = {
  '1s': 1,
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '1h': 3_600,
  '1d': 86_400,
}
/** The longest page of candles. */
export const CANDLES_MAX = 1_000

const done = v.object({ message: v.string() })
const me = v.object({
  user_id: v.string(),
  username: v.string(),
  role: v.picklist(['trader', 'admin', 'house']),
})
export type Me = v.InferOutput<typeof me>

const signedIn = v.object({ user_id: v.string(), username: v.string(), jwt_token: v.string() })
const registered = v.object({ ...signedIn.entries, api_key: v.string(), cash: decimal })
const newKey = v.object({ ...key.entries, api_key: v.string() })
export type NewKey = v.InferOutput<typeof newKey>

async function data<Schema extends v.GenericSchema>(
  method: Method,
  path: string,
  schema: Schema,
  options: Parameters<typeof request>[3] = {},
): Promise<v.InferOutput<Schema>> {
  return (await request(method, path, schema, options)).data
}

const at = (ticker: string) => encodeURIComponent(ticker)

// Markets

export const getInstruments = (signal?: AbortSignal) =>
  data('GET', 'api/instruments', v.object({ instruments: v.array(instrument), cash_step: decimal }), {
    signal,
  })

/** Candles that begin before `end` and from `start` on, oldest first, with the sequence that they are of. */
export async function getCandles(
  ticker: Ticker,
  interval: Interval,
  range: { start?: number; end?: number } = {},
  signal?: AbortSignal,
) {
  const schema = v.object({ candles: v.array(candle) })
  const answer = await request('GET', `api/market/${at(ticker)}/history`, schema, {
    query: { interval, ...range },
    signal,
  })
  return { candles: answer.data.candles, sequence: answer.sequence as Sequence }
}

export const getTape = async (ticker: Ticker, limit: number, signal?: AbortSignal) =>
  (
    await data('GET', `api/market/${at(ticker)}/trades`, v.object({ trades: v.array(trade) }), {
      query: { limit },
      signal,
    })
  ).trades

export const getNews = async (signal?: AbortSignal) =>
  (await data('GET', 'api/news', v.object({ news: v.array(news) }), { signal })).news

// The account's own

export interface Page {
  readonly ticker?: Ticker | undefined
  readonly limit: number
  readonly offset?: number
}

export const getOrders = async (page: Page & { status?: string }, signal?: AbortSignal) =>
  (await data('GET', 'api/orders', v.object({ orders: v.array(order) }), { query: { ...page }, signal }))
    .orders

export const getFills = async (page: Page, signal?: AbortSignal) =>
  (await data('GET', 'api/trades', v.object({ trades: v.array(fill) }), { query: { ...page }, signal }))
    .trades

export const getPortfolio = (signal?: AbortSignal) => data('GET', 'api/portfolio', portfolio, { signal })

const equityPoint = v.object({ timestamp: time, total_value: decimal })
export type EquityPoint = v.InferOutput<typeof equityPoint>

export const getEquity = async (
  range: { start?: number; end?: number; limit?: number },
  signal?: AbortSignal,
) =>
  (
    await data('GET', 'api/portfolio/history', v.object({ equity: v.array(equityPoint) }), {
      query: range,
      signal,
    })
  ).equity

export const getLeaderboard = (signal?: AbortSignal) =>
  data('GET', 'api/leaderboard', v.object({ leaderboard: v.array(leader), own: v.nullish(leader, null) }), {
    signal,
  })

const worthAt = v.tuple([time, decimal])

export const getLeaderHistory = async (hours: number, signal?: AbortSignal) =>
  (
    await data(
      'GET',
      'api/leaderboard/history',
      v.object({ history: v.record(v.string(), v.array(worthAt)) }),
      { query: { hours }, signal },
    )
  ).history

// Sign-in

export interface Credentials {
  readonly username: string
  readonly password: string
}

export const register = (credentials: Credentials) =>
  data('POST', 'api/register', registered, { body: credentials })

export const login = (credentials: Credentials) => data('POST', 'api/login', signedIn, { body: credentials })

/** Keep the session of a token in a cookie that no script can read. */
export const keepSession = (token: string) =>
  data('POST', 'api/session', me, { headers: { authorization: `Bearer ${token}` } })

export const getSession = async (signal?: AbortSignal) =>
  (await data('GET', 'api/session', v.object({ user: v.nullable(me) }), { signal })).user

export const endSession = () => data('DELETE', 'api/session', done)

export const getKeys = async (signal?: AbortSignal) =>
  (await data('GET', 'api/keys', v.object({ keys: v.array(key) }), { signal })).keys
export const createKey = (label: string) => data('POST', 'api/keys', newKey, { body: { label } })
export const rotateKey = (id: string) => data('POST', `api/keys/${at(id)}/rotate`, newKey)
export const revokeKey = (id: string) => data('DELETE', `api/keys/${at(id)}`, done)

export const getSessions = async (signal?: AbortSignal) =>
  (await data('GET', 'api/sessions', v.object({ sessions: v.array(signInSession) }), { signal })).sessions
export const endOtherSession = (id: string) => data('DELETE', `api/sessions/${at(id)}`, done)
export const endAllSessions = () => data('DELETE', 'api/sessions', done)

// Service

const health = v.object({
  status: v.string(),
  version: v.string(),
  durability: v.picklist(['durable', 'memory']),
  sequence: v.number(),
  uptime_seconds: v.number(),
})
export const getHealth = (signal?: AbortSignal) => data('GET', 'api/health', health, { signal })

// Administration

const adminStatus = v.object({
  status: v.string(),
  reason: v.nullable(v.string()),
  sequence: v.number(),
  commands: v.number(),
  accepted: v.number(),
  trades: v.number(),
  waiting: v.number(),
  open_orders: v.number(),
  connections: v.number(),
  keeper_lag: v.nullable(v.number()),
})
export type AdminStatus = v.InferOutput<typeof adminStatus>

const audit = v.object({
  message: v.string(),
  commands: v.number(),
  sequence: v.number(),
  state_hash: v.string(),
  event_hash: v.string(),
})

export const getAdminStatus = (signal?: AbortSignal) =>
  data('GET', 'api/admin/status', adminStatus, { signal })
export const getUsers = (page: { limit: number; offset: number }, signal?: AbortSignal) =>
  data('GET', 'api/admin/users', v.object({ users: v.array(user), total: v.number() }), {
    query: page,
    signal,
  })
export const createUser = (wanted: Credentials & { role: 'trader' | 'admin' }) =>
  data('POST', 'api/admin/users', user, { body: wanted })

export interface UserChange {
  readonly role?: 'trader' | 'admin'
  readonly disabled?: boolean
  readonly password?: string
}

/** Change a user. The venue answers with a message and not with the user. */
export const changeUser = (username: string, change: UserChange) =>
  data('PATCH', `api/admin/users/${at(username)}`, done, { body: change })
export const haltInstrument = (ticker: Ticker) =>
  data('POST', `api/admin/instruments/${at(ticker)}/halt`, v.unknown())
export const resumeInstrument = (ticker: Ticker) =>
  data('POST', `api/admin/instruments/${at(ticker)}/resume`, v.unknown())
export const setBand = (ticker: Ticker, band: { low?: string; high?: string }) =>
  data('PUT', `api/admin/instruments/${at(ticker)}/band`, v.unknown(), { body: band })
export const listInstrument = (wanted: Readonly<Record<string, unknown>>) =>
  data('POST', 'api/admin/instruments', v.unknown(), { body: wanted })
export const tellNews = (wanted: { text: string; ticker?: string; impact?: number }) =>
  data('POST', 'api/admin/news', v.unknown(), { body: wanted })
export const runAudit = () => data('POST', 'api/admin/audit', audit)
