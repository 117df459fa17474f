/** Everything that this page knows of the live simulation. It is never changed in place. */
import type {
  AgentConfig,
  AgentStats,
  LabCandle,
  LabNews,
  LabTrade,
  MarketData,
  Orderbook,
  Simulation,
} from '@/lab/messages'
import { NO_PROFIT, type Profit } from '@/lab/profit'

/** Trades of a market that are kept. */
export const TAPE_MAX = 300
/** The newest candles of a market and frame that are kept here; the chart keeps more. */
export const CANDLES_KEPT = 600
export const NEWS_MAX = 100
/** What happened, as it is marked on the chart. */
export const MARKS_MAX = 300

/** Something that was done to the simulation, or happened in it. */
export interface LabMark {
  readonly key: string
  readonly kind: 'news' | 'shock' | 'enter' | 'change' | 'leave'
  /** Milliseconds of simulated time. */
  readonly time: number
  readonly symbol: string | null
  readonly words: string
}

export interface LabState {
  readonly link: 'connecting' | 'open' | 'lost'
  /** Whether this connection may steer. */
  readonly control: boolean
  /** The newest simulation message; none before the first. */
  readonly simulation: Simulation | null
  readonly markets: ReadonlyMap<string, MarketData>
  readonly books: ReadonlyMap<string, Orderbook>
  /** Newest first. */
  readonly tapes: ReadonlyMap<string, readonly LabTrade[]>
  /** By `candleKey`, oldest first. */
  readonly candles: ReadonlyMap<string, readonly LabCandle[]>
  readonly configs: readonly AgentConfig[] | null
  readonly stats: readonly AgentStats[] | null
  readonly profit: Profit
  /** Newest first. */
  readonly news: readonly LabNews[]
  /** Oldest first. */
  readonly marks: readonly LabMark[]
  /** The newest number of each channel, by its name. */
  readonly numbers: ReadonlyMap<string, number>
  /** Why the server ended the connection, if it said so. */
  readonly farewell: { readonly code: string; readonly detail: string } | null
  readonly counts: {
    /** Trades that were not seen: what a tape lacks. */
    readonly missed: number
    readonly unreadable: number
    /** Connections, this one too. */
    readonly connections: number
  }
}

export const EMPTY_LAB: LabState = {
  link: 'connecting',
  control: false,
  simulation: null,
  markets: new Map(),
  books: new Map(),
  tapes: new Map(),
  candles: new Map(),
  configs: null,
  stats: null,
  profit: NO_PROFIT,
  news: [],
  marks: [],
  numbers: new Map(),
  farewell: null,
  counts: { missed: 0, unreadable: 0, connections: 0 },
}

export const candleKey = (symbol: string, frame: string): string => `${frame} ${symbol}`
