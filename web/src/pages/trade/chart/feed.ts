/**
 * The candles of a market, kept up: pages of the history as they are wanted, and the stream's trades on top of them.
 *
 * An answer of the history says which trade is the last in it: those with larger numbers are put on top. After a hole in
 * the tape, and whenever the connection came back, the newest candles are asked for again.
 */
import { createStore } from 'zustand/vanilla'
import {
  type Change,
  changeOf,
  freshOf,
  withNewest,
  withOlder,
  withTrades,
} from '@/pages/trade/chart/candles'
import { CANDLES_MAX, type getCandles, type Interval } from '@/wire/api'
import type { Sequence, Ticker } from '@/wire/reading'
import type { Candle, Trade } from '@/wire/views'

/** Candles that are kept; there are no older ones beyond. */
export const KEPT_MAX = 30_000
/** How many of the newest are asked for again. */
const AGAIN = 10
const AGAIN_FIRST_MS = 200
const AGAIN_MAX_MS = 6_400

export interface FeedStatus {
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly error: unknown
  /** Whether there is any candle. */
  readonly empty: boolean
  /** The pages before the oldest candle. `end`: there are none. `full`: no more are kept. */
  readonly older: 'idle' | 'loading' | 'failed' | 'end' | 'full'
}

export interface Sources {
  readonly ticker: Ticker
  readonly interval: Interval
  readonly load: typeof getCandles
  /** What the stream tells of the market now, newest first. */
  readonly tape: () => readonly Trade[]
}

type Listener = (change: Change) => void

const LOADING: FeedStatus = { phase: 'loading', error: null, empty: true, older: 'idle' }
const NONE = 0n as Sequence

export class CandleFeed {
  readonly interval: Interval
  readonly status = createStore<FeedStatus>(() => LOADING)
  private readonly from: Sources
  private readonly listeners = new Set<Listener>()
  private kept: Candle[] = []
  /** All trades up to this number are in the candles. */
  private seen: Sequence = NONE
  private abort = new AbortController()
  private timer: ReturnType<typeof setTimeout> | null = null
  private attempts = 0
  private asking = false

  constructor(sources: Sources) {
    this.from = sources
    this.interval = sources.interval
  }

  /** Oldest first. The list changes in place: whoever keeps something of it copies it. */
  get candles(): readonly Candle[] {
    return this.kept
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Load everything, for the first time or anew. */
  start(): void {
    this.stop()
    this.abort = new AbortController()
    this.attempts = 0
    if (this.status.getState().phase !== 'ready') this.status.setState(LOADING, true)
    void this.loadFirst(this.abort.signal)
  }

  stop(): void {
    this.abort.abort()
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    this.asking = false
  }

  /** Take in what the tape tells now. */
  see(tape: readonly Trade[]): void {
    if (this.status.getState().phase !== 'ready') return
    const { trades, whole } = freshOf(tape, this.seen)
    if (!whole) {
      this.againSoon()
      return
    }
    const tail = withTrades(this.kept, trades, this.interval)
    const newest = trades.at(-1)
    if (!tail || !newest) return
    this.seen = newest.trade_id
    const before = this.kept.splice(tail.from, this.kept.length - tail.from, ...tail.candles)
    const change = changeOf(before, tail.candles)
    if (change?.kind === 'tail') this.tell({ kind: 'tail', from: change.from + tail.from })
    else if (change) this.tell(change)
    this.trim()
  }

  /** The connection was away, or something else makes the newest candles doubtful. */
  again(): void {
    const { phase } = this.status.getState()
    if (phase === 'failed') this.start()
    else if (phase === 'ready') void this.loadNewest(this.abort.signal)
  }

  /** Load the page before the oldest candle; one that failed only when somebody wants it tried again. */
  async loadOlder(retry = false): Promise<void> {
    const { phase, older } = this.status.getState()
    const [first] = this.kept
    if (phase !== 'ready' || !first || !(older === 'idle' || (retry && older === 'failed'))) return
    if (this.kept.length + CANDLES_MAX > KEPT_MAX) {
      this.status.setState({ older: 'full' })
      return
    }
    this.status.setState({ older: 'loading' })
    const { signal } = this.abort
    const { ticker, interval, load } = this.from
    try {
      const { candles } = await load(ticker, interval, { end: first.timestamp }, signal)
      if (signal.aborted) return
      // What was kept may have been left meanwhile; then this page does not fit before it.
      const fits = this.kept[0]?.timestamp === first.timestamp
      if (fits && candles.length > 0) {
        this.kept = withOlder(this.kept, candles)
        this.tell({ kind: 'all' })
      }
      this.status.setState({ older: fits && candles.length < CANDLES_MAX ? 'end' : 'idle' })
    } catch {
      if (!signal.aborted) this.status.setState({ older: 'failed' })
    }
  }

  private async loadFirst(signal: AbortSignal): Promise<void> {
    const { ticker, interval, load } = this.from
    try {
      const { candles, sequence } = await load(ticker, interval, {}, signal)
      if (signal.aborted) return
      const older = candles.length < CANDLES_MAX ? 'end' : 'idle'
      this.kept = []
      this.take(candles, sequence)
      this.status.setState({ phase: 'ready', error: null, empty: this.kept.length === 0, older })
      this.tell({ kind: 'all' })
    } catch (error) {
      if (!signal.aborted) this.status.setState({ phase: 'failed', error })
    }
  }

  private async loadNewest(signal: AbortSignal): Promise<void> {
    if (this.asking) {
      this.againSoon()
      return
    }
    this.asking = true
    const { ticker, interval, load } = this.from
    const start = (this.kept.at(-AGAIN) ?? this.kept[0])?.timestamp
    try {
      const range = start === undefined ? {} : { start }
      const { candles, sequence } = await load(ticker, interval, range, signal)
      if (signal.aborted) return
      this.asking = false
      const before = this.kept
      this.take(candles, sequence)
      const change = changeOf(before, this.kept)
      if (change) this.tell(change)
      // A page that stands alone has others before it.
      if (this.kept[0] !== before[0] && candles.length >= CANDLES_MAX) this.status.setState({ older: 'idle' })
    } catch {
      if (signal.aborted) return
      this.asking = false
      this.againSoon()
    }
  }

  /** Put the newest page at the end, and the trades since on top of it. */
  private take(page: readonly Candle[], answered: Sequence): void {
    const next = withNewest(this.kept, page)
    this.seen = answered
    const { trades, whole } = freshOf(this.from.tape(), answered)
    const tail = whole ? withTrades(next, trades, this.interval) : null
    if (tail) {
      next.splice(tail.from, next.length - tail.from, ...tail.candles)
      this.seen = trades.at(-1)?.trade_id ?? this.seen
    }
    this.kept = next
    if (whole) this.attempts = 0
    else this.againSoon()
  }

  private againSoon(): void {
    if (this.timer) return
    const wait = Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** this.attempts)
    this.attempts += 1
    this.timer = setTimeout(() => {
      this.timer = null
      void this.loadNewest(this.abort.signal)
    }, wait)
  }

  /** A page that stays open for long keeps no more than a limit. */
  private trim(): void {
    if (this.kept.length <= KEPT_MAX) return
    this.kept = this.kept.slice(-Math.floor(KEPT_MAX / 2))
    this.status.setState({ older: 'idle' })
    this.tell({ kind: 'all' })
  }

  private tell(change: Change): void {
    const empty = this.kept.length === 0
    if (this.status.getState().empty !== empty) this.status.setState({ empty })
    for (const listener of this.listeners) listener(change)
  }
}
