import { useCallback, useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import { useNow } from '@/hooks/use-now'
import { candleAt, placeOf } from '@/pages/trade/chart/candles'
import type { CandleFeed } from '@/pages/trade/chart/feed'
import { candleWords, Legend } from '@/pages/trade/chart/legend'
import type { FillMark } from '@/pages/trade/chart/own'
import type { ViewStore } from '@/pages/trade/chart/view'
import type { Decimal } from '@/wire/decimal'
import type { Candle } from '@/wire/views'

interface Props {
  readonly feed: CandleFeed
  readonly view: ViewStore
  readonly step: Decimal
  readonly marks: readonly FillMark[]
}

/** The close of the candle before; its own open where it is the first. */
export function closeBefore(candles: readonly Candle[], candle: Candle): Decimal {
  return candles[placeOf(candles, candle.timestamp) - 1]?.close ?? candle.open
}

const NO_MARKS: readonly FillMark[] = []

/** The legend of the candle that is pointed at, and of the newest where there is none. */
export function Reading({ feed, view, step, marks }: Props) {
  const point = useStore(view, (state) => state.point)
  const listen = useCallback((listener: () => void) => feed.listen(listener), [feed])
  // A candle that did not change is the same object, so only what is shown paints.
  const candle = useSyncExternalStore(
    listen,
    () => (point === null ? null : candleAt(feed.candles, point)) ?? feed.candles.at(-1) ?? null,
  )
  const from = useSyncExternalStore(listen, () => (candle ? closeBefore(feed.candles, candle) : null))
  if (!candle || from === null) return null
  const here = marks.filter((mark) => mark.time === candle.timestamp)
  return (
    <Legend
      candle={candle}
      from={from}
      step={step}
      interval={feed.interval}
      marks={here.length > 0 ? here : NO_MARKS}
    />
  )
}

const SUMMARY_EVERY_MS = 5_000

/** The newest candle for screen readers, at a pace at which it can be read. */
export function Summary({ id, feed, step }: { id: string; feed: CandleFeed; step: Decimal }) {
  useNow(SUMMARY_EVERY_MS)
  const { candles, interval } = feed
  const candle = candles.at(-1)
  return (
    <p id={id} className="sr-only">
      {candle
        ? `Newest candle ${candleWords({ candle, from: closeBefore(candles, candle), step, interval })}.`
        : 'No candles.'}
    </p>
  )
}
