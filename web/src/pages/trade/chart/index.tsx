import { type KeyboardEvent, useId, useRef } from 'react'
import { announce } from '@/components/announcer'
import { Veil } from '@/components/veil'
import { useChannel } from '@/hooks/use-channels'
import { useInstrument } from '@/hooks/use-instruments'
import { useShortcuts } from '@/keyboard/shortcuts'
import { placeOf } from '@/pages/trade/chart/candles'
import { candleWords } from '@/pages/trade/chart/legend'
import { Overlay } from '@/pages/trade/chart/overlay'
import { markWords } from '@/pages/trade/chart/own'
import { closeBefore, Reading, Summary } from '@/pages/trade/chart/reading'
import { changeChart, useChartSettings } from '@/pages/trade/chart/settings'
import { intervalWords, Toolbar } from '@/pages/trade/chart/toolbar'
import { useChart } from '@/pages/trade/chart/use-chart'
import { useFeed } from '@/pages/trade/chart/use-feed'
import { useMarks, useOrderLines } from '@/pages/trade/chart/use-own'
import { useView } from '@/pages/trade/chart/view'
import type { PanelProps } from '@/pages/trade/panels'
import { INTERVALS } from '@/wire/api'
import { decimalOf } from '@/wire/decimal'

const CENT = decimalOf('0.01')
/** Candles that an arrow key goes with Shift. */
const STRIDE = 10
const ZOOM = 1.25

/** Candles of a market, with the trader's own fills and orders on them. */
export default function ChartPanel({ ticker }: PanelProps) {
  const place = useRef<HTMLDivElement>(null)
  const summary = useId()
  const standing = useChannel(`trades:${ticker}`)
  const step = useInstrument(ticker)?.price_step ?? CENT
  const { interval, style, logarithmic } = useChartSettings()
  const feed = useFeed(ticker, interval)
  const marks = useMarks(ticker, interval)
  const lines = useOrderLines(ticker)
  const { view, events } = useView(feed)
  const chart = useChart(place, { feed, step, marks, lines }, events)

  useShortcuts('Chart', [
    ...INTERVALS.map((chosen, index) => ({
      keys: `Alt+Digit${index + 1}`,
      label: `Show candles of ${intervalWords(chosen)}`,
      run: () => changeChart({ interval: chosen }),
    })),
    {
      keys: 'Alt+KeyC',
      label: 'Show a line or candles',
      run: () => changeChart({ style: style === 'line' ? 'candles' : 'line' }),
    },
    {
      keys: 'Alt+KeyL',
      label: 'Switch logarithmic prices',
      run: () => changeChart({ logarithmic: !logarithmic }),
    },
    { keys: 'Alt+KeyA', label: 'Fit all candles', run: () => chart?.fit() },
    { keys: 'Alt+KeyN', label: 'Go to the newest candle', run: () => chart?.toNewest() },
  ])

  /** Put the crosshair on a candle and say what it is. */
  const pointAt = (index: number) => {
    const candle = feed?.candles[index]
    if (!chart || !feed || !candle) return
    chart.pointAt(index)
    const from = closeBefore(feed.candles, candle)
    const own = marks.filter((mark) => mark.time === candle.timestamp).map((mark) => markWords(mark, step))
    announce([candleWords({ candle, from, step, interval: feed.interval }), ...own].join(', '))
  }

  const press = (event: KeyboardEvent) => {
    if (!feed || !chart || event.altKey || event.ctrlKey || event.metaKey) return
    const last = feed.candles.length - 1
    const { point } = view.getState()
    const now = point === null ? last + 1 : placeOf(feed.candles, point)
    const stride = event.shiftKey ? STRIDE : 1
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => pointAt(Math.max(0, now - stride)),
      ArrowRight: () => pointAt(Math.min(last, now + stride)),
      Home: () => pointAt(0),
      End: () => pointAt(last),
      '+': () => chart.zoom(ZOOM),
      '-': () => chart.zoom(1 / ZOOM),
    }
    const run = keys[event.key]
    if (!run) return
    event.preventDefault()
    run()
  }

  return (
    <section aria-label={`Chart of ${ticker}`} className="flex h-full min-w-0 flex-col bg-panel">
      <Toolbar onFit={() => chart?.fit()} />
      <div className="relative min-h-0 flex-1">
        <Veil standing={standing}>
          <div
            ref={place}
            role="group"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go from candle to candle
            tabIndex={0}
            aria-label={`Candles of ${intervalWords(interval)}; the arrow keys go from one to the next`}
            aria-describedby={summary}
            onKeyDown={press}
            onBlur={() => chart?.pointNowhere()}
            // The ring stands over the chart, which lies over whatever its place draws.
            className="relative isolate h-full w-full outline-none after:pointer-events-none after:absolute after:inset-0 after:z-10 after:border-accent focus-visible:after:border-2"
          />
          {feed && (
            <div className="pointer-events-none absolute top-1.5 right-18 left-2.5">
              <Reading feed={feed} view={view} step={step} marks={marks} />
            </div>
          )}
        </Veil>
        {feed && <Overlay feed={feed} view={view} onNewest={() => chart?.toNewest()} />}
        {feed && <Summary id={summary} feed={feed} step={step} />}
      </div>
    </section>
  )
}
