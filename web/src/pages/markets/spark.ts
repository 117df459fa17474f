/**
 * The line on a market's card: one price for each step of time, without holes, kept up by live prices.
 *
 * A step without a trade repeats the price before it, so that the line is drawn true to time.
 */
import type { Interval } from '@/wire/api'
import { type Decimal, toNumber } from '@/wire/decimal'
import type { Candle } from '@/wire/views'

/** Prices of a line at most; the oldest are let go. */
export const SPARK_MAX = 288

export interface Spark {
  readonly step_ms: number
  /** When the newest step began, in milliseconds since 1970. */
  readonly newest_ms: number
  /** Oldest first, never empty. */
  readonly values: readonly number[]
}

export interface SparkStep {
  readonly interval: Interval
  readonly step_ms: number
  /** Steps that make a line worth looking at; with fewer a finer interval is asked for. */
  readonly enough: number
}

/** The intervals that are tried, coarsest first: a day of five minutes, and less where the venue is young. */
export const SPARK_STEPS: readonly SparkStep[] = [
  { interval: '5m', step_ms: 300_000, enough: 36 },
  { interval: '1m', step_ms: 60_000, enough: 5 },
  { interval: '1s', step_ms: 1_000, enough: 0 },
]

/** Whether candles go back far enough for their interval. */
export const isEnough = (candles: readonly Candle[], { step_ms, enough }: SparkStep): boolean => {
  const [first] = candles
  const last = candles.at(-1)
  return first !== undefined && last !== undefined && last.timestamp - first.timestamp >= enough * step_ms
}

const stepAt = (ms: number, step_ms: number): number => Math.floor(ms / step_ms) * step_ms

/** The line that candles make, oldest first, up to now; null of none. */
export function sparkOf(candles: readonly Candle[], step_ms: number, now: number): Spark | null {
  const [first] = candles
  if (!first) return null
  let spark: Spark = { step_ms, newest_ms: stepAt(first.timestamp, step_ms), values: [toNumber(first.open)] }
  for (const { timestamp, close } of candles) spark = withValue(spark, toNumber(close), timestamp)
  return withTime(spark, now)
}

/** The line with a price at a time; the same object where it changes nothing. */
export const withPrice = (spark: Spark, price: Decimal, now: number): Spark =>
  withValue(spark, toNumber(price), now)

function withValue(spark: Spark, value: number, ms: number): Spark {
  const upTo = withTime(spark, ms)
  if (upTo.values.at(-1) === value) return upTo
  return { ...upTo, values: [...upTo.values.slice(0, -1), value] }
}

/** The line up to a time: steps in which nothing happened repeat the price before. */
function withTime(spark: Spark, ms: number): Spark {
  const newest_ms = stepAt(ms, spark.step_ms)
  const missing = Math.round((newest_ms - spark.newest_ms) / spark.step_ms)
  if (missing <= 0) return spark
  const last = spark.values.at(-1) ?? 0
  const repeated = new Array<number>(Math.min(missing, SPARK_MAX)).fill(last)
  return { ...spark, newest_ms, values: [...spark.values, ...repeated].slice(-SPARK_MAX) }
}

/** How much time a line shows, in words: 24 h, 45 min, 30 s. */
export function sparkSpan(spark: Spark): string {
  const seconds = ((spark.values.length - 1) * spark.step_ms) / 1_000
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  return `${Math.round(seconds / 3_600)} h`
}
