/**
 * Candles from the history and from the stream, put together so that they are what the history would tell.
 *
 * A stretch of time in which nothing traded has no candle, here as in the history; the next one stands right beside the
 * one before. Trades are told apart and put in order by their numbers: the history has all of them up to some number,
 * and the stream tells the others. Nothing here is changed in place, and nothing has a clock.
 */

import { CANDLES_MAX, type Interval, SECONDS } from '@/wire/api'
import { add, larger, smaller } from '@/wire/decimal'
import type { Milliseconds, Sequence } from '@/wire/reading'
import type { Candle, Trade } from '@/wire/views'

/** When the candle begins that a time belongs to: intervals are aligned to UTC. */
export function startOf(time: Milliseconds, interval: Interval): Milliseconds {
  const length = SECONDS[interval] * 1_000
  return Math.floor(time / length) * length
}

/** The place of the first candle that begins at a time or later. */
export function placeOf(candles: readonly Candle[], time: Milliseconds): number {
  let low = 0
  let high = candles.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const there = candles[middle]
    if (there && there.timestamp < time) low = middle + 1
    else high = middle
  }
  return low
}

/** The candle that begins at a time, if something traded in it. */
export function candleAt(candles: readonly Candle[], time: Milliseconds): Candle | null {
  const candle = candles[placeOf(candles, time)]
  return candle?.timestamp === time ? candle : null
}

export interface Fresh {
  /** Oldest first, each once. */
  readonly trades: readonly Trade[]
  /** Whether nothing can be missing between `after` and the oldest of them. */
  readonly whole: boolean
}

/** The trades of a tape, newest first, that came after a number. */
export function freshOf(tape: readonly Trade[], after: Sequence): Fresh {
  const byNumber = new Map<Sequence, Trade>()
  let whole = tape.length === 0
  for (const trade of tape) {
    if (trade.trade_id > after) byNumber.set(trade.trade_id, trade)
    else whole = true
    // A tape is sorted: the first that is known ends what is new.
    if (whole) break
  }
  const trades = [...byNumber.values()].sort((a, b) => (a.trade_id < b.trade_id ? -1 : 1))
  return { trades, whole }
}

const begun = (trade: Trade, timestamp: Milliseconds): Candle => ({
  timestamp,
  open: trade.price,
  high: trade.price,
  low: trade.price,
  close: trade.price,
  volume: trade.quantity,
})

const grown = (candle: Candle, trade: Trade): Candle => ({
  ...candle,
  high: larger(candle.high, trade.price),
  low: smaller(candle.low, trade.price),
  close: trade.price,
  volume: add(candle.volume, trade.quantity),
})

/** What stands from a place on, to the end. */
export interface Tail {
  readonly from: number
  readonly candles: readonly Candle[]
}

/** What candles end with after trades, oldest first; null where there were none. */
export function withTrades(
  candles: readonly Candle[],
  trades: readonly Trade[],
  interval: Interval,
): Tail | null {
  const starts = trades.map((trade) => startOf(trade.timestamp, interval))
  if (starts.length === 0) return null
  const from = placeOf(candles, Math.min(...starts))
  const next = candles.slice(from)
  for (const [index, trade] of trades.entries()) {
    const start = starts[index] ?? trade.timestamp
    // All but a trade that a clock put back belong to the last candle or begin the next one.
    const place = placeOf(next, start)
    const there = next[place]
    if (there?.timestamp === start) next[place] = grown(there, trade)
    else next.splice(place, 0, begun(trade, start))
  }
  return { from, candles: next }
}

/** Candles with an older page before them; what they have already is left out of it. */
export function withOlder(candles: readonly Candle[], page: readonly Candle[]): Candle[] {
  const [first] = candles
  return first ? [...page.slice(0, placeOf(page, first.timestamp)), ...candles] : [...page]
}

/**
 * Candles with the newest page of the history at their end, which is right where they differ.
 *
 * A full page that begins after the last of them leaves a hole that nothing fills: then the page stands alone.
 */
export function withNewest(candles: readonly Candle[], page: readonly Candle[]): Candle[] {
  const [first] = page
  const last = candles.at(-1)
  if (!first || !last) return [...(first ? page : candles)]
  if (page.length >= CANDLES_MAX && first.timestamp > last.timestamp) return [...page]
  return [...candles.slice(0, placeOf(candles, first.timestamp)), ...page]
}

const same = (a: Candle, b: Candle): boolean =>
  a === b ||
  (a.timestamp === b.timestamp &&
    a.open === b.open &&
    a.high === b.high &&
    a.low === b.low &&
    a.close === b.close &&
    a.volume === b.volume)

/**
 * What became other: `tail` where candles only changed or were added at the end, from a place on; `all` where some went
 * away or came in between.
 */
export type Change = { readonly kind: 'all' } | { readonly kind: 'tail'; readonly from: number }

/** What changed between two lists of candles; null where nothing did. */
export function changeOf(before: readonly Candle[], after: readonly Candle[]): Change | null {
  let from = -1
  for (const [place, candle] of before.entries()) {
    const now = after[place]
    if (now?.timestamp !== candle.timestamp) return { kind: 'all' }
    if (from < 0 && !same(candle, now)) from = place
  }
  if (from >= 0) return { kind: 'tail', from }
  return after.length > before.length ? { kind: 'tail', from: before.length } : null
}
