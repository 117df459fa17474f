import { defaultHorzScaleBehavior } from 'lightweight-charts'
import { type RefObject, useEffect, useMemo, useState } from 'react'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { getKlines } from '@/lab/api'
import { simCandle } from '@/lab/clock'
import { LabFeed } from '@/lab/feed'
import { type Frame, secondsOf } from '@/lab/frames'
import type { LabCandle } from '@/lab/messages'
import { candleKey } from '@/lab/state'
import { subscribeLabCalmly, useLab } from '@/lab/store'
import { chartMarks, marksByCandle } from '@/pages/lab/live/chart-marks'
import { useLabSettings } from '@/pages/lab/settings'
import { PriceChart } from '@/trading/price-chart'
import type { Decimal } from '@/wire/decimal'

/** How often the newest candle grows: each time the canvas is painted anew. */
const CANDLES_EVERY_MS = 100
/** Of a candle, in pixels, where there are few. */
const BAR_WIDEST = 18
const NO_CANDLES: readonly LabCandle[] = []

const wordsOf = (frame: Frame) => (ms: number) => simCandle(ms, secondsOf(frame))

/** The candles of a market in a frame, as long as the component is there. */
export function useLabFeed(symbol: string, frame: Frame): LabFeed | null {
  const run = useLab((state) => state.simulation?.run ?? null)
  const connections = useLab((state) => state.counts.connections)
  const [feed, setFeed] = useState<LabFeed | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run has other candles under the same names
  useEffect(() => {
    const made = new LabFeed({ symbol, frame, load: getKlines })
    const key = candleKey(symbol, frame)
    const stop = subscribeLabCalmly(
      (state) => made.see(state.candles.get(key) ?? NO_CANDLES),
      CANDLES_EVERY_MS,
    )
    made.see(useLab.getState().candles.get(key) ?? NO_CANDLES)
    made.start()
    setFeed(made)
    return () => {
      stop()
      made.stop()
    }
  }, [symbol, frame, run])
  useEffect(() => {
    // After a break there may be a hole in what the stream told.
    if (connections > 1 && feed) feed.start()
  }, [connections, feed])
  return feed
}

export interface View {
  /** When the candle begins that is pointed at. */
  readonly point: number | null
  /** Whether the newest candle is out of sight. */
  readonly back: boolean
}

/** A chart of candles in a place of the page, and what it is looked at with. */
export function useLabChart(
  place: RefObject<HTMLElement | null>,
  feed: LabFeed | null,
  symbol: string,
  step: Decimal,
): { chart: PriceChart | null; view: StoreApi<View> } {
  const [chart, setChart] = useState<PriceChart | null>(null)
  const [view] = useState(() => createStore<View>(() => ({ point: null, back: false })))
  const style = useLabSettings((state) => state.style)
  const marks = useLab((state) => state.marks)

  // biome-ignore lint/correctness/useExhaustiveDependencies: what changes later is handed over below
  useEffect(() => {
    if (!place.current) return
    const Axis = defaultHorzScaleBehavior()
    const made = new PriceChart(
      place.current,
      style,
      step,
      { axis: new Axis(), words: wordsOf('1m') },
      {
        onPoint: (point) => {
          if (view.getState().point !== point) view.setState({ point })
        },
        onMove: ({ back }) => {
          if (view.getState().back !== back) view.setState({ back })
        },
      },
    )
    setChart(made)
    return () => made.remove()
  }, [])

  useEffect(() => chart?.setStep(step), [chart, step])
  useEffect(() => chart?.setStyle(style), [chart, style])

  useEffect(() => {
    if (!chart || !feed) return
    const begin = () => {
      chart.begin(feed.candles, wordsOf(feed.frame), secondsOf(feed.frame) < 60)
      chart.widen(BAR_WIDEST)
    }
    let begun = feed.status.getState().phase === 'ready'
    if (begun) begin()
    else chart.fill([])
    return feed.listen((change) => {
      if (!begun) begin()
      else if (change.kind === 'all') chart.fill(feed.candles)
      else chart.update(feed.candles, change.from)
      begun = true
    })
  }, [chart, feed])

  const drawn = useMemo(
    () => marks.filter((mark) => mark.symbol === null || mark.symbol === symbol),
    [marks, symbol],
  )
  useEffect(() => {
    if (!chart || !feed) return
    let candles = 0
    const draw = () => {
      candles = feed.candles.length
      chart.mark(chartMarks(marksByCandle(drawn, feed.candles)))
    }
    draw()
    return feed.listen((change) => {
      if (change.kind === 'tail' && feed.candles.length === candles) return
      // A mark may come before the trade whose candle it stands on.
      const newest = drawn.at(-1)?.time ?? Number.NEGATIVE_INFINITY
      const known = feed.candles[candles - 1]?.timestamp ?? 0
      if (change.kind === 'all' || newest >= known) draw()
    })
  }, [chart, feed, drawn])
  return { chart, view }
}
