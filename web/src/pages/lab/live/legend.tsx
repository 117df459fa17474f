import { memo, useMemo } from 'react'
import { formatPercent, formatStep, shortQuantity } from '@/format/numbers'
import { simCandle } from '@/lab/clock'
import type { LabFeed } from '@/lab/feed'
import { type Frame, secondsOf } from '@/lab/frames'
import type { LabCandle } from '@/lab/messages'
import { useLab } from '@/lab/store'
import { candleBefore, marksByCandle } from '@/pages/lab/live/chart-marks'
import { type Decimal, subtract, toNumber } from '@/wire/decimal'

interface Props {
  readonly feed: LabFeed
  /** When the candle begins that is pointed at. */
  readonly point: number | null
  readonly newest: LabCandle
  readonly step: Decimal
  readonly frame: Frame
}

const MARKS_SHOWN = 4

/** What the candle under the crosshair says, or the newest; and what happened in it. */
export const Legend = memo(function Legend({ feed, point, newest, step, frame }: Props) {
  const marks = useLab((state) => state.marks)
  const place = point === null ? -1 : candleBefore(feed.candles, point)
  const candle = feed.candles[place] ?? newest
  const before = feed.candles[candleBefore(feed.candles, candle.timestamp) - 1]?.close ?? candle.open
  const change = before === 0n ? 0 : toNumber(subtract(candle.close, before)) / toNumber(before)
  const happened = useMemo(
    () => (point === null ? [] : (marksByCandle(marks, feed.candles).get(candle.timestamp) ?? [])),
    [marks, feed, candle.timestamp, point],
  )
  const tone = candle.close < candle.open ? 'text-down' : 'text-up'
  const figures = [
    ['O', candle.open],
    ['H', candle.high],
    ['L', candle.low],
    ['C', candle.close],
  ] as const
  return (
    <div className="pointer-events-none absolute top-1.5 right-18 left-2.5" aria-hidden>
      <div className="tabular flex flex-wrap gap-x-2.5 text-2xs leading-4">
        {figures.map(([name, value]) => (
          <span key={name} className="whitespace-nowrap">
            <span className="mr-0.5 text-faint">{name}</span>
            <span className={tone}>{formatStep(value, step)}</span>
          </span>
        ))}
        <span className={change < 0 ? 'text-down' : change > 0 ? 'text-up' : 'text-muted'}>
          {formatPercent(change)}
        </span>
        <span className="whitespace-nowrap">
          <span className="mr-0.5 text-faint">Vol</span>
          {shortQuantity(candle.volume)}
        </span>
        <span className="whitespace-nowrap text-faint">{simCandle(candle.timestamp, secondsOf(frame))}</span>
      </div>
      {happened.slice(0, MARKS_SHOWN).map((mark) => (
        <p
          key={mark.key}
          className="w-fit max-w-full truncate rounded bg-panel text-2xs text-accent leading-4"
        >
          <bdi>{mark.words}</bdi>
        </p>
      ))}
      {happened.length > MARKS_SHOWN && (
        <p className="text-2xs text-faint">and {happened.length - MARKS_SHOWN} more</p>
      )}
    </div>
  )
})
