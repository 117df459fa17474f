/**
 * The candles of a market in a frame, kept up: the history once, and what the stream tells on top of it. The stream tells
 * candles whole, so that the newest of each moment is right by itself; where the stream's oldest begins after the
 * newest that is kept, there may be a hole, and the history is asked for again.
 */
import { createStore } from 'zustand/vanilla'
import type { Frame } from '@/lab/frames'
import type { LabCandle } from '@/lab/messages'
import { CANDLES_KEPT } from '@/lab/state'

export const KEPT_MAX = 6_000
const RETRY_MS = 1_500

export type FeedChange = { readonly kind: 'all' } | { readonly kind: 'tail'; readonly from: number }

export interface FeedStatus {
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly error: unknown
  readonly empty: boolean
}

interface Sources {
  readonly symbol: string
  readonly frame: Frame
  readonly load: (symbol: string, frame: string, signal?: AbortSignal) => Promise<LabCandle[]>
}

/** Candles of two lists in the order of time; of one moment, the one with more trades in it. */
export function merged(history: readonly LabCandle[], newer: readonly LabCandle[]): LabCandle[] {
  const byTime = new Map<number, LabCandle>()
  for (const candle of [...history, ...newer]) {
    const there = byTime.get(candle.timestamp)
    if (!there || candle.trades >= there.trades) byTime.set(candle.timestamp, candle)
  }
  return [...byTime.values()].sort((a, b) => a.timestamp - b.timestamp)
}

const LOADING: FeedStatus = { phase: 'loading', error: null, empty: true }

export class LabFeed {
  readonly frame: Frame
  readonly status = createStore<FeedStatus>(() => LOADING)
  private readonly from: Sources
  private readonly listeners = new Set<(change: FeedChange) => void>()
  private kept: LabCandle[] = []
  private tail: readonly LabCandle[] = []
  private abort = new AbortController()
  private retry: ReturnType<typeof setTimeout> | null = null
  private asking = false

  constructor(sources: Sources) {
    this.from = sources
    this.frame = sources.frame
  }

  /** Oldest first; it changes in place. */
  get candles(): readonly LabCandle[] {
    return this.kept
  }

  listen(listener: (change: FeedChange) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Ask for the history, for the first time or again. */
  start(): void {
    this.stop()
    this.abort = new AbortController()
    void this.load(this.abort.signal)
  }

  stop(): void {
    this.abort.abort()
    if (this.retry) clearTimeout(this.retry)
    this.retry = null
    this.asking = false
  }

  /** Take in what the stream keeps of this frame, oldest first. */
  see(tail: readonly LabCandle[]): void {
    if (tail === this.tail) return
    const before = this.tail
    this.tail = tail
    if (this.status.getState().phase !== 'ready') return
    const last = this.kept.at(-1)
    const first = tail[0]
    if (!first) {
      // The stream counts anew.
      if (before.length > 0) this.start()
      return
    }
    if (last && first.timestamp > last.timestamp && tail.length >= CANDLES_KEPT && !this.asking) {
      this.start()
      return
    }
    this.append(tail)
  }

  private append(tail: readonly LabCandle[]): void {
    let from = this.kept.length
    let old = false
    for (const candle of tail) {
      const place = this.placeOf(candle.timestamp)
      const there = this.kept[place]
      if (there === candle) continue
      if (there?.timestamp === candle.timestamp) {
        if (candle.trades < there.trades) continue
        this.kept[place] = candle
      } else {
        old ||= place < this.kept.length
        this.kept.splice(place, 0, candle)
      }
      from = Math.min(from, place)
    }
    if (from >= this.kept.length) return
    if (this.kept.length > KEPT_MAX) {
      this.kept = this.kept.slice(-Math.floor(KEPT_MAX * 0.75))
      this.tell({ kind: 'all' })
    } else this.tell(old ? { kind: 'all' } : { kind: 'tail', from })
  }

  /** The place of the first candle that begins at a time or later. It is nearly always the end. */
  private placeOf(time: number): number {
    let place = this.kept.length
    while (place > 0 && (this.kept[place - 1]?.timestamp ?? 0) >= time) place -= 1
    return place
  }

  private async load(signal: AbortSignal): Promise<void> {
    this.asking = true
    const { symbol, frame, load } = this.from
    try {
      const history = await load(symbol, frame, signal)
      if (signal.aborted) return
      this.asking = false
      this.kept = merged(history, this.tail)
      this.status.setState({ phase: 'ready', error: null, empty: this.kept.length === 0 })
      this.tell({ kind: 'all' })
    } catch (error) {
      if (signal.aborted) return
      this.asking = false
      if (this.status.getState().phase !== 'ready') this.status.setState({ phase: 'failed', error })
      this.retry = setTimeout(() => this.start(), RETRY_MS)
    }
  }

  private tell(change: FeedChange): void {
    const empty = this.kept.length === 0
    if (this.status.getState().empty !== empty) this.status.setState({ empty })
    for (const listener of this.listeners) listener(change)
  }
}
