/**
 * What is known, and what happened, give what is known next.
 *
 * Each message of a channel has a number, from 1. The same number again is the newest told once more; a smaller one
 * means that the channel counts anew, since another run began. Of trades, a number that was left out is a hole in the
 * tape; elsewhere the newest is all that matters.
 */
import { changesOf, type Happened, markOf } from '@/lab/marks'
import type { AgentConfig, Kline, LabCandle, LabMessage, LabTrade } from '@/lab/messages'
import type { Past } from '@/lab/past'
import { forgottenProfit, withPast, withSample } from '@/lab/profit'
import { CANDLES_KEPT, candleKey, EMPTY_LAB, type LabState, MARKS_MAX, NEWS_MAX, TAPE_MAX } from '@/lab/state'
import { toNumber } from '@/wire/decimal'

export type LabEvent =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'message'; readonly message: LabMessage }
  /** Trades that were asked for, newest last. */
  | { readonly kind: 'past_trades'; readonly symbol: string; readonly trades: readonly LabTrade[] }
  /** What happened before; it was asked for while a run was shown. */
  | { readonly kind: 'past'; readonly run: string; readonly past: Past }

type Of<Type extends LabMessage['type']> = Extract<LabMessage, { type: Type }>

const put = <Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): ReadonlyMap<Key, Value> =>
  new Map(map).set(key, value)

/** Simulated microseconds, as far as this page has heard. */
const nowOf = (state: LabState): number => state.simulation?.timestamp ?? 0

/** What is left of what is known when another run begins: the connection. */
const anew = (state: LabState): LabState => ({
  ...EMPTY_LAB,
  link: state.link,
  control: state.control,
  farewell: state.farewell,
  profit: forgottenProfit(state.profit),
  counts: state.counts,
})

function withMarks(state: LabState, all: readonly Happened[]): LabState['marks'] {
  const known = new Set(state.marks.map((mark) => mark.key))
  const fresh = all.map(markOf).filter((mark) => !known.has(mark.key))
  if (fresh.length === 0) return state.marks
  return [...state.marks, ...fresh].sort((a, b) => a.time - b.time).slice(-MARKS_MAX)
}

function simulated(state: LabState, message: Of<'simulation'>): LabState {
  const { type: _type, sequence: _sequence, ...simulation } = message
  const before = state.simulation
  const base = before && before.run !== simulation.run ? anew(state) : state
  return { ...base, simulation }
}

/** The tape with a trade on top; one that is there, or older than what is there, changes nothing. */
function traded(state: LabState, trade: LabTrade): LabState {
  const tape = state.tapes.get(trade.symbol) ?? []
  const newest = tape[0]
  if (newest && trade.trade_id <= newest.trade_id) return state
  const hole = newest === undefined ? 0n : trade.trade_id - newest.trade_id - 1n
  // What stood before a hole is not what traded before this.
  const kept = hole > 0n ? [] : tape.slice(0, TAPE_MAX - 1)
  return {
    ...state,
    tapes: put(state.tapes, trade.symbol, [trade, ...kept]),
    counts: hole > 0n ? { ...state.counts, missed: state.counts.missed + Number(hole) } : state.counts,
  }
}

/** A tape with older trades below what the stream told. */
function remembered(state: LabState, symbol: string, past: readonly LabTrade[]): LabState {
  const byNumber = new Map<bigint, LabTrade>()
  for (const trade of [...(state.tapes.get(symbol) ?? []), ...past]) byNumber.set(trade.trade_id, trade)
  const sorted = [...byNumber.values()].sort((a, b) => (a.trade_id > b.trade_id ? -1 : 1))
  // Only what is in a row with the newest: after a hole there would be no telling how large it is.
  const end = sorted.findIndex((trade, place) => {
    const above = sorted[place - 1]
    return above !== undefined && above.trade_id - trade.trade_id !== 1n
  })
  const row = end < 0 ? sorted : sorted.slice(0, end)
  return { ...state, tapes: put(state.tapes, symbol, row.slice(0, TAPE_MAX)) }
}

/** Candles with one that is new, or newer than the one of its time. */
export function withCandle(candles: readonly LabCandle[], candle: LabCandle): readonly LabCandle[] {
  const last = candles.at(-1)
  if (!last || candle.timestamp > last.timestamp) return [...candles, candle].slice(-CANDLES_KEPT)
  // An older one that closes comes before the open one, and later than it was told open.
  for (let place = candles.length - 1; place >= 0; place -= 1) {
    const there = candles[place]
    if (!there || there.timestamp < candle.timestamp) {
      return candles.toSpliced(place + 1, 0, candle).slice(-CANDLES_KEPT)
    }
    if (there.timestamp === candle.timestamp) {
      // A candle only ever grows.
      return candle.trades < there.trades ? candles : candles.with(place, candle)
    }
  }
  return candles.toSpliced(0, 0, candle).slice(-CANDLES_KEPT)
}

function candled(state: LabState, { symbol, frame, candle }: Kline): LabState {
  const key = candleKey(symbol, frame)
  const before = state.candles.get(key) ?? []
  const candles = withCandle(before, candle)
  return candles === before ? state : { ...state, candles: put(state.candles, key, candles) }
}

function configured(state: LabState, configs: readonly AgentConfig[], timestamp: number | null): LabState {
  const changes = state.configs ? changesOf(state.configs, configs, timestamp ?? nowOf(state)) : []
  return { ...state, configs, marks: withMarks(state, changes) }
}

function told(state: LabState, message: Of<'news'>): LabState {
  const { timestamp, symbol, text } = message
  return {
    ...state,
    news: [message, ...state.news].slice(0, NEWS_MAX),
    marks: withMarks(state, [{ do: 'news', timestamp, symbol, text }]),
  }
}

function recalled(state: LabState, run: string, { samples, happened }: Past): LabState {
  if (state.simulation?.run !== run) return state
  return { ...state, profit: withPast(state.profit, samples), marks: withMarks(state, happened) }
}

function counted(state: LabState, message: Of<'agent_stats'>): LabState {
  const values = new Map(message.agents.map((agent) => [agent.agent_id, toNumber(agent.pnl)]))
  const profit = withSample(state.profit, { time: message.timestamp / 1_000_000, values })
  return { ...state, stats: message.agents, profit }
}

/** The channel of a message, as it is numbered. */
function channelOf(message: LabMessage): string | null {
  if (message.type === 'kline') return `kline:${message.frame}`
  return 'sequence' in message ? message.type : null
}

/** What is known without what a channel told before it began to count anew. */
function forgotten(state: LabState, message: LabMessage): LabState {
  switch (message.type) {
    case 'trade':
      return { ...state, tapes: new Map() }
    case 'kline':
      return {
        ...state,
        candles: new Map([...state.candles].filter(([key]) => !key.startsWith(`${message.frame} `))),
      }
    case 'news':
      return { ...state, news: [], marks: state.marks.filter((mark) => mark.kind !== 'news') }
    case 'agent_configs':
      return { ...state, configs: null }
    case 'agent_stats':
      return { ...state, profit: forgottenProfit(state.profit) }
    default:
      return state
  }
}

/** Take the number of a message in; null where it was seen. */
function numbered(state: LabState, message: LabMessage): LabState | null {
  const channel = channelOf(message)
  if (channel === null || !('sequence' in message)) return state
  const before = state.numbers.get(channel)
  if (before === message.sequence) return null
  const base = before !== undefined && message.sequence < before ? forgotten(state, message) : state
  return { ...base, numbers: put(base.numbers, channel, message.sequence) }
}

function heard(before: LabState, message: LabMessage): LabState {
  const state = numbered(before, message)
  if (state === null) return before
  switch (message.type) {
    case 'hello':
      return { ...state, link: 'open', control: message.control, farewell: null }
    case 'simulation':
      return simulated(state, message)
    case 'market_data':
      return { ...state, markets: put(state.markets, message.symbol, message) }
    case 'orderbook':
      return { ...state, books: put(state.books, message.symbol, message) }
    case 'trade':
      return traded(state, message)
    case 'kline':
      return candled(state, message)
    case 'agent_configs':
      return configured(state, message.configs, message.timestamp)
    case 'agent_stats':
      return counted(state, message)
    case 'news':
      return told(state, message)
    case 'auth_response':
      return message.success ? { ...state, control: true } : state
    case 'goodbye':
      return { ...state, farewell: { code: message.code, detail: message.detail } }
    default:
      return state
  }
}

export function reduceLab(state: LabState, event: LabEvent): LabState {
  switch (event.kind) {
    case 'connecting':
      return { ...state, link: state.link === 'lost' ? 'lost' : 'connecting' }
    case 'closed':
      return { ...state, link: 'lost', control: false }
    case 'unreadable':
      return { ...state, counts: { ...state.counts, unreadable: state.counts.unreadable + 1 } }
    case 'past_trades':
      return remembered(state, event.symbol, event.trades)
    case 'past':
      return recalled(state, event.run, event.past)
    case 'message': {
      const next = heard(state, event.message)
      if (event.message.type !== 'hello') return next
      return { ...next, counts: { ...next.counts, connections: next.counts.connections + 1 } }
    }
  }
}
