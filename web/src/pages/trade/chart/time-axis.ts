/**
 * A time axis in the time of where the reader is.
 *
 * The library marks days and hours of UTC. Its times stay as they are, so that they are unique and in order even when
 * clocks are put back; only what counts as the beginning of a day, an hour or a minute is looked up on the local clock.
 */
import { defaultHorzScaleBehavior, type TickMark, type TimeScalePoint } from 'lightweight-charts'
import type { Interval } from '@/wire/api'

type Point = { -readonly [Field in keyof TimeScalePoint]: TimeScalePoint[Field] }

/** How much a point is worth a label, as the library counts it. */
const WEIGHT = { year: 70, month: 60, day: 50, second: 10, none: 0 } as const
/** The same for parts of a day, in seconds, largest first. */
const PARTS: readonly (readonly [seconds: number, weight: number])[] = [
  [43_200, 33],
  [21_600, 32],
  [10_800, 31],
  [3_600, 30],
  [1_800, 22],
  [300, 21],
  [60, 20],
  [1, WEIGHT.second],
]

const secondOfDay = (date: Date): number =>
  date.getHours() * 3_600 + date.getMinutes() * 60 + date.getSeconds()

/** What begins on the local clock between two moments. */
export function weightBetween(before: Date, now: Date): number {
  if (before.getFullYear() !== now.getFullYear()) return WEIGHT.year
  if (before.getMonth() !== now.getMonth()) return WEIGHT.month
  if (before.getDate() !== now.getDate()) return WEIGHT.day
  const [first, second] = [secondOfDay(before), secondOfDay(now)]
  for (const [length, weight] of PARTS) {
    if (Math.floor(first / length) !== Math.floor(second / length)) return weight
  }
  return WEIGHT.none
}

const clock = { hour: '2-digit', minute: '2-digit' } as const
/** Labels of the axis, by the weight from which on they are used, largest first. */
const LABELS: readonly (readonly [weight: number, format: Intl.DateTimeFormat])[] = [
  [WEIGHT.year, new Intl.DateTimeFormat('en-GB', { year: 'numeric' })],
  [WEIGHT.month, new Intl.DateTimeFormat('en-GB', { month: 'short' })],
  [WEIGHT.day, new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })],
  [20, new Intl.DateTimeFormat('en-GB', clock)],
  [WEIGHT.none, new Intl.DateTimeFormat('en-GB', { ...clock, second: '2-digit' })],
]

/** What the axis says at a moment that is worth so much. */
export function labelOf(date: Date, weight: number): string {
  return LABELS.find(([least]) => weight >= least)?.[1].format(date) ?? ''
}

const dateOf = (time: unknown): Date => new Date(Number(time) * 1_000)

const Standard = defaultHorzScaleBehavior()

/** The library's time axis with local days. */
export class LocalTimeAxis extends Standard {
  override fillWeightsForPoints(points: readonly Point[], startIndex: number): void {
    for (let index = Math.max(1, startIndex); index < points.length; index += 1) {
      const [before, point] = [points[index - 1], points[index]]
      if (before && point) {
        point.timeWeight = weightBetween(
          dateOf(before.originalTime),
          dateOf(point.originalTime),
        ) as TimeScalePoint['timeWeight']
      }
    }
    // The first has none before it; it is like the second, so that it takes no label from others.
    const [first, second] = points
    if (startIndex === 0 && first && second) first.timeWeight = second.timeWeight
  }

  override formatTickmark(mark: TickMark): string {
    return labelOf(dateOf(mark.originalTime), mark.weight)
  }
}

const day = { weekday: 'short', day: '2-digit', month: 'short' } as const
const dayFormat = new Intl.DateTimeFormat('en-GB', { ...day, year: 'numeric' })
const minuteFormat = new Intl.DateTimeFormat('en-GB', { ...day, ...clock })
const secondFormat = new Intl.DateTimeFormat('en-GB', { ...day, ...clock, second: '2-digit' })

/** When a candle begins, in full. A day of the venue is one of UTC, so its clock time is told where it matters. */
export function candleTime(ms: number, interval: Interval): string {
  const date = new Date(ms)
  if (interval === '1s') return secondFormat.format(date)
  return interval === '1d' && secondOfDay(date) === 0 ? dayFormat.format(date) : minuteFormat.format(date)
}
