import { type RefObject, useEffect, useState } from 'react'
import type { CandleFeed } from '@/pages/trade/chart/feed'
import { chartMarkOf, type FillMark, type OrderLine } from '@/pages/trade/chart/own'
import { useChartSettings } from '@/pages/trade/chart/settings'
import { candleTime, LocalTimeAxis } from '@/pages/trade/chart/time-axis'
import { type ChartEvents, PriceChart } from '@/trading/price-chart'
import type { Interval } from '@/wire/api'
import type { Decimal } from '@/wire/decimal'

interface Shown {
  readonly feed: CandleFeed | null
  readonly step: Decimal
  readonly marks: readonly FillMark[]
  readonly lines: readonly OrderLine[]
}

const wordsOf = (interval: Interval) => (ms: number) => candleTime(ms, interval)

/** A chart in a place of the page, which shows what it is told to. The events must stay the same. */
export function useChart(
  place: RefObject<HTMLElement | null>,
  { feed, step, marks, lines }: Shown,
  events: ChartEvents,
): PriceChart | null {
  const [chart, setChart] = useState<PriceChart | null>(null)
  const style = useChartSettings((state) => state.style)
  const logarithmic = useChartSettings((state) => state.logarithmic)

  // biome-ignore lint/correctness/useExhaustiveDependencies: what changes later is handed over below
  useEffect(() => {
    if (!place.current) return
    const made = new PriceChart(
      place.current,
      style,
      step,
      { axis: new LocalTimeAxis(), words: wordsOf('1m') },
      events,
    )
    setChart(made)
    return () => made.remove()
  }, [])

  useEffect(() => chart?.setStep(step), [chart, step])
  useEffect(() => chart?.setStyle(style), [chart, style])
  useEffect(() => chart?.setLogarithmic(logarithmic), [chart, logarithmic])

  useEffect(() => {
    if (!chart || !feed) return
    let begun = feed.status.getState().phase === 'ready'
    const begin = () => chart.begin(feed.candles, wordsOf(feed.interval), feed.interval === '1s')
    if (begun) begin()
    else chart.fill([])
    return feed.listen((change) => {
      if (!begun) begin()
      else if (change.kind === 'all') chart.fill(feed.candles)
      else chart.update(feed.candles, change.from)
      begun = true
    })
  }, [chart, feed])

  useEffect(() => chart?.mark(marks.map(chartMarkOf)), [chart, marks])
  useEffect(() => chart?.drawLines(lines), [chart, lines])
  return chart
}
