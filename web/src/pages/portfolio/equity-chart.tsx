import {
  BaselineSeries,
  createChart,
  type IChartApi,
  type ISeriesApi,
  LineType,
  type MouseEventParams,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { useEffect, useRef } from 'react'
import { formatShort } from '@/format/numbers'
import { formatClock, formatDay, formatFull } from '@/format/times'
import type { GridPoint } from '@/pages/portfolio/equity'
import { colours, onColoursChanged, translucent } from '@/theme/store'
import { toNumber } from '@/wire/decimal'

interface Props {
  readonly points: readonly GridPoint[]
  /** Told what the crosshair is on; null where it is on nothing. */
  readonly onPoint: (point: GridPoint | null) => void
  readonly label: string
}

/** Above this the scale is written short. */
const LONG = 10_000_000
const DAY_S = 86_400

const secondsOf = (time: Time): number => (typeof time === 'number' ? time : 0)

/** Clock times within a day or two, days beyond. */
const tickOf = (time: Time, span_s: number): string => {
  const ms = secondsOf(time) * 1_000
  if (span_s > 2 * DAY_S) return formatDay(ms)
  const clock = formatClock(ms)
  return span_s > 300 ? clock.slice(0, 5) : clock
}

/** The point with a value that is nearest to a time. */
function nearestTo(time: number, points: readonly GridPoint[]): GridPoint | null {
  let nearest: GridPoint | null = null
  for (const point of points) {
    if (point.value === null) continue
    if (nearest && Math.abs(nearest.time - time) <= Math.abs(point.time - time)) break
    nearest = point
  }
  return nearest
}

function paint(chart: IChartApi, series: ISeriesApi<'Baseline'>): void {
  const { panel, line, muted, up, down, 'line-strong': crosshair, raised } = colours()
  const edge = { color: crosshair, labelBackgroundColor: raised }
  chart.applyOptions({
    layout: { background: { color: panel }, textColor: muted, fontSize: 11, fontFamily: 'Inter Variable' },
    grid: { vertLines: { visible: false }, horzLines: { color: line } },
    crosshair: { vertLine: edge, horzLine: edge },
  })
  series.applyOptions({
    topLineColor: up,
    topFillColor1: translucent(up, 0.24),
    topFillColor2: translucent(up, 0.02),
    bottomLineColor: down,
    bottomFillColor1: translucent(down, 0.02),
    bottomFillColor2: translucent(down, 0.24),
  })
}

/** A curve over a baseline: what it began with. The whole of it is always in sight. */
export default function EquityChart({ points, onPoint, label }: Props) {
  const box = useRef<HTMLElement>(null)
  const drawn = useRef<{ chart: IChartApi; series: ISeriesApi<'Baseline'> } | null>(null)
  const newest = useRef({ points, onPoint })
  newest.current = { points, onPoint }

  useEffect(() => {
    if (!box.current) return
    const span = () => {
      const { points: shown } = newest.current
      return (shown.at(-1)?.time ?? 0) - (shown[0]?.time ?? 0)
    }
    const chart = createChart(box.current, {
      autoSize: true,
      handleScroll: false,
      handleScale: false,
      layout: { attributionLogo: true },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.12, bottom: 0.1 } },
      timeScale: {
        borderVisible: false,
        timeVisible: true,
        allowBoldLabels: false,
        fixLeftEdge: true,
        fixRightEdge: true,
        // A day of minutes has to fit on a phone.
        minBarSpacing: 0.01,
        tickMarkFormatter: (time: Time) => tickOf(time, span()),
      },
      localization: {
        priceFormatter: (value: number) =>
          Math.abs(value) >= LONG
            ? formatShort(value)
            : value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
        timeFormatter: (time: Time) => formatFull(secondsOf(time) * 1_000),
      },
    })
    const series = chart.addSeries(BaselineSeries, {
      lineWidth: 2,
      lineType: LineType.Simple,
      priceLineVisible: false,
      lastValueVisible: true,
    })
    drawn.current = { chart, series }
    paint(chart, series)
    const stop = onColoursChanged(() => paint(chart, series))
    const moved = ({ time }: MouseEventParams) => {
      const { points: shown, onPoint: tell } = newest.current
      tell(time === undefined ? null : nearestTo(secondsOf(time), shown))
    }
    chart.subscribeCrosshairMove(moved)
    return () => {
      stop()
      drawn.current = null
      chart.remove()
    }
  }, [])

  useEffect(() => {
    if (!drawn.current) return
    const { chart, series } = drawn.current
    const first = points.find((point) => point.value !== null)?.value ?? null
    if (first !== null) {
      series.applyOptions({ baseValue: { type: 'price', price: toNumber(first) } })
    }
    series.setData(
      points.map(({ time, value }) => {
        const at = { time: time as UTCTimestamp }
        return value === null ? at : { ...at, value: toNumber(value) }
      }),
    )
    chart.timeScale().fitContent()
  }, [points])

  // A figure, not an image: the library puts a link to its makers into it.
  return <figure ref={box} aria-label={label} className="h-full w-full" />
}
