/**
 * Lines of what agents earned, over simulated time. New samples are added at the end; all is drawn anew only when other
 * agents are shown or the history was thinned.
 */
import {
  ColorType,
  createChart,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type LineWidth,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { formatShort } from '@/format/numbers'
import { simClock, simWhen } from '@/lab/clock'
import { NO_PROFIT, type Profit, type Sample } from '@/lab/profit'
import { resolved } from '@/pages/lab/colour-of'
import { colours, onColoursChanged } from '@/theme/store'

export interface ProfitLine {
  readonly id: string
  /** A custom property, such as `--line-1`. */
  readonly colour: string
  readonly dashed: boolean
}

type Series = ISeriesApi<'Line', Time>

const timeOf = (sample: Sample): UTCTimestamp => sample.time as UTCTimestamp
const DAY_S = 86_400

export class ProfitChart {
  private readonly chart: IChartApi
  private readonly series = new Map<string, Series>()
  private lines: readonly ProfitLine[] = []
  private profit: Profit = NO_PROFIT
  private raised: string | null = null
  private readonly unfollowColours: () => void

  constructor(container: HTMLElement, onPoint: (time: number | null) => void) {
    this.chart = createChart(container, {
      autoSize: true,
      handleScroll: false,
      handleScale: false,
      layout: { fontFamily: '"Inter Variable", system-ui, sans-serif', fontSize: 11, attributionLogo: false },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.1, bottom: 0.08 } },
      timeScale: {
        borderVisible: false,
        timeVisible: true,
        allowBoldLabels: false,
        fixLeftEdge: true,
        fixRightEdge: true,
        minBarSpacing: 0.01,
        tickMarkFormatter: (time: Time) => this.tickOf(Number(time)),
      },
      localization: {
        priceFormatter: (value: number) => formatShort(Number(value.toFixed(2))),
        timeFormatter: (time: Time) => simWhen(Number(time) * 1_000),
      },
    })
    this.chart.subscribeCrosshairMove(({ time, point }) =>
      onPoint(time === undefined || point === undefined ? null : Number(time)),
    )
    this.unfollowColours = onColoursChanged(() => this.recolour())
    this.recolour()
  }

  remove(): void {
    this.unfollowColours()
    this.chart.remove()
  }

  /** Show these agents, and what they earned until now. */
  show(lines: readonly ProfitLine[], profit: Profit): void {
    const others = this.lines !== lines
    if (others) this.keep(lines)
    const before = this.profit
    this.profit = profit
    const grown = profit.samples.length - before.samples.length
    if (others || profit.redrawn !== before.redrawn || grown < 0 || before.samples.length === 0) this.draw()
    else this.extend(before, grown)
    this.chart.timeScale().fitContent()
  }

  /** Draw one stronger than the others; none for all alike. */
  raise(id: string | null): void {
    this.raised = id
    for (const line of this.lines) this.style(line)
  }

  private draw(): void {
    for (const { id } of this.lines) {
      const data = this.profit.samples.map((sample) => {
        const value = sample.values.get(id)
        return value === undefined ? { time: timeOf(sample) } : { time: timeOf(sample), value }
      })
      this.series.get(id)?.setData(data)
    }
  }

  private extend(before: Profit, grown: number): void {
    // The last one that was there may have made room for another.
    const last = before.samples.at(-1)
    if (last && !this.profit.samples.includes(last)) {
      for (const { id } of this.lines) this.series.get(id)?.pop(1)
    }
    const fresh = this.profit.samples
      .slice(-Math.max(1, grown + 1))
      .filter((sample) => !before.samples.includes(sample))
    for (const sample of fresh) {
      for (const { id } of this.lines) {
        const value = sample.values.get(id)
        const time = timeOf(sample)
        this.series.get(id)?.update(value === undefined ? { time } : { time, value })
      }
    }
  }

  private keep(lines: readonly ProfitLine[]): void {
    const wanted = new Set(lines.map(({ id }) => id))
    for (const [id, series] of this.series) {
      if (wanted.has(id)) continue
      this.chart.removeSeries(series)
      this.series.delete(id)
    }
    this.lines = lines
    for (const line of lines) {
      if (!this.series.has(line.id)) {
        const series = this.chart.addSeries(LineSeries, {
          priceLineVisible: false,
          lastValueVisible: false,
          crosshairMarkerRadius: 3,
        })
        this.series.set(line.id, series)
      }
      this.style(line)
    }
    const [first] = lines
    if (first) this.zero(first.id)
  }

  /** The line at which nothing was earned; it hangs on one of the series. */
  private zero(id: string): void {
    const series = this.series.get(id)
    if (!series || series.priceLines().length > 0) return
    series.createPriceLine({
      price: 0,
      color: colours()['line-strong'],
      lineWidth: 1,
      lineStyle: LineStyle.Solid,
      axisLabelVisible: false,
    })
  }

  private style({ id, colour, dashed }: ProfitLine): void {
    const strong = this.raised === null || this.raised === id
    this.series.get(id)?.applyOptions({
      color: strong ? resolved(colour) : colours()['line-strong'],
      lineWidth: (this.raised === id ? 3 : 1.5) as LineWidth,
      lineStyle: dashed ? LineStyle.Dashed : LineStyle.Solid,
    })
  }

  private recolour(): void {
    const look = colours()
    const label = { labelBackgroundColor: look['line-strong'], color: look.faint }
    this.chart.applyOptions({
      layout: { background: { type: ColorType.Solid, color: look.panel }, textColor: look.muted },
      grid: { vertLines: { visible: false }, horzLines: { color: look.line } },
      crosshair: { vertLine: label, horzLine: label },
    })
    for (const line of this.lines) this.style(line)
    for (const series of this.series.values()) {
      for (const zero of series.priceLines()) zero.applyOptions({ color: look['line-strong'] })
    }
  }

  private tickOf(time: number): string {
    const first = this.profit.samples[0]?.time ?? time
    const last = this.profit.samples.at(-1)?.time ?? time
    const text = simWhen(time * 1_000)
    if (last - first > 2 * DAY_S) return text.slice(0, 6)
    return last - first > 600 ? simClock(time * 1_000).slice(0, 5) : simClock(time * 1_000)
  }
}
