/** Everything that this page knows from the stream. It is never changed in place. */
import type { Book } from '@/stream/book'
import type { Sequence, Ticker } from '@/wire/reading'
import type { Balance, Fill, Glance, News, Order, Trade } from '@/wire/views'

/** Trades of a market that are kept. */
export const TAPE_MAX = 500
/** Own orders that ended, and own fills, that are kept. */
export const ENDED_MAX = 500
export const NEWS_MAX = 100

/**
 * How far a channel is to be believed. `asked`: nothing came yet. `live`: up to date. `stale`: the connection is lost,
 * what is shown is from before. `gap`: a message is missing, a snapshot must be asked for.
 */
export type Standing = 'asked' | 'live' | 'stale' | 'gap'

export interface ChannelState {
  readonly standing: Standing
  /** Of the newest message; none before the first. */
  readonly sequence: Sequence | null
}

export interface Counts {
  readonly messages: number
  readonly gaps: number
  readonly snapshots: number
  readonly duplicates: number
  /** Connections after the first. */
  readonly reconnects: number
  /** Messages that could not be read. */
  readonly unreadable: number
}

export interface Own {
  /** Working orders by number. */
  readonly open: ReadonlyMap<string, Order>
  /** Orders that ended while this page looked on, newest first. */
  readonly ended: readonly Order[]
  /** Fills while this page looked on, newest first. */
  readonly fills: readonly Fill[]
  readonly balance: Balance | null
}

export type LinkStanding = 'connecting' | 'open' | 'lost'

export interface StreamState {
  readonly link: LinkStanding
  /** Another one after each start of the venue; none before the first hello. */
  readonly epoch: number | null
  readonly durability: 'durable' | 'memory' | null
  /** The newest that any message told. */
  readonly sequence: Sequence | null
  readonly channels: ReadonlyMap<string, ChannelState>
  readonly prices: ReadonlyMap<Ticker, Glance>
  readonly books: ReadonlyMap<Ticker, Book>
  /** Newest first. */
  readonly tapes: ReadonlyMap<Ticker, readonly Trade[]>
  readonly own: Own
  /** Newest first. */
  readonly news: readonly News[]
  readonly counts: Counts
}

export const NOTHING_OWNED: Own = { open: new Map(), ended: [], fills: [], balance: null }

export const EMPTY_STATE: StreamState = {
  link: 'connecting',
  epoch: null,
  durability: null,
  sequence: null,
  channels: new Map(),
  prices: new Map(),
  books: new Map(),
  tapes: new Map(),
  own: NOTHING_OWNED,
  news: [],
  counts: { messages: 0, gaps: 0, snapshots: 0, duplicates: 0, reconnects: 0, unreadable: 0 },
}
