/**
 * The chart library, as candles are shown with it.
 *
 * Candles come as exact decimals and become numbers here, to be drawn. While the stream runs only the newest are handed
 * over; the series is filled anew when older pages come, or when the style changes.
 */
import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChartEx,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApiBase,
  type IHorzScaleBehavior,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  LineStyle,
  PriceScaleMode,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { formatFixed, formatShort } from '@/format/numbers'
import { type ColourName, colours, onColoursChanged, translucent } from '@/theme/store'
import { type Decimal, parseDecimal, placesOf, toNumber, ZERO } from '@/wire/decimal'
import type { Milliseconds, Side } from '@/wire/reading'
import type { Candle } from '@/wire/views'

const BAR_WIDTH = 8
/** Free bars at the right of the newest. */
const RIGHT_BARS = 5
/** From this width of a bar on there is room for what a mark says. */
const MARK_WORDS_WIDTH = 18
/** Older candles are wanted when fewer than this many stand left of what is shown. */
const AHEAD_BARS = 100
/** How many bars may be out of sight before there is a way back. */
const BACK_BARS = 1
const VOLUME_PART = 0.18

export type Style = 'candles' | 'line'

/** What is told of a candle, above or below it. */
export interface ChartMark {
  readonly key: string
  /** When the candle begins. */
  readonly time: Milliseconds
  readonly position: 'aboveBar' | 'belowBar'
  readonly shape: 'arrowUp' | 'arrowDown' | 'circle' | 'square'
  readonly tone: ColourName
  /** Shown where there is room for it. */
  readonly words: string
}

/** A price that is marked by a line across the chart. */
export interface ChartLine {
  readonly key: string
  readonly side: Side
  readonly price: Decimal
  /** Whether it is dotted rather than dashed. */
  readonly stop: boolean
  readonly words: string
}

/** The time axis, and how its moments are written. */
export interface TimeLook {
  readonly axis: IHorzScaleBehavior<Time>
  readonly words: (ms: Milliseconds) => string
}

export interface ChartEvents {
  /** When the candle under the pointer begins; none where there is none. */
  readonly onPoint: (ms: number | null) => void
  /** What is shown moved. `back`: the newest is out of sight; `short`: older candles are wanted soon. */
  readonly onMove: (where: {
    readonly back: boolean
    readonly short: boolean
    readonly atStart: boolean
  }) => void
}

type PriceSeries = ISeriesApi<'Candlestick', Time> | ISeriesApi<'Line', Time>

const timeOf = (ms: number): UTCTimestamp => (ms / 1_000) as UTCTimestamp
const isStill = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches

export class PriceChart {
  private readonly chart: IChartApiBase<Time>
  private readonly events: ChartEvents
  private readonly volume: ISeriesApi<'Histogram', Time>
  private prices: PriceSeries
  private markers: ISeriesMarkersPluginApi<Time>
  private style: Style
  private timeWords: TimeLook['words']
  private candles: readonly Candle[] = []
  /** How many of them the series have. */
  private shown = 0
  private look = colours()
  private marks: readonly ChartMark[] = []
  private lines: readonly ChartLine[] = []
  private readonly drawn = new Map<string, IPriceLine>()
  /** The line of the last price. That of the series follows what is in sight. */
  private last: IPriceLine | null = null
  private wordy = true
  private step: Decimal
  private readonly unfollowColours: () => void

  constructor(container: HTMLElement, style: Style, step: Decimal, time: TimeLook, events: ChartEvents) {
    this.events = events
    this.timeWords = time.words
    this.style = style
    this.step = step
    this.chart = createChartEx<Time, IHorzScaleBehavior<Time>>(container, time.axis, {
      autoSize: true,
      layout: {
        fontFamily: '"Inter Variable", system-ui, sans-serif',
        fontSize: 11,
        attributionLogo: true,
      },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.14, bottom: VOLUME_PART + 0.06 } },
      timeScale: {
        borderVisible: false,
        timeVisible: true,
        barSpacing: BAR_WIDTH,
        rightOffset: RIGHT_BARS,
      },
      localization: {
        locale: 'en-GB',
        timeFormatter: (moment: Time) => this.timeWords(Number(moment) * 1_000),
      },
    })
    this.volume = this.chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'custom', formatter: formatShort, minMove: 1e-9 },
      lastValueVisible: false,
      priceLineVisible: false,
    })
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 1 - VOLUME_PART, bottom: 0 } })
    this.prices = this.addPrices()
    this.markers = createSeriesMarkers(this.prices, [])
    this.recolour()
    this.unfollowColours = onColoursChanged(() => this.recolour())
    this.chart.subscribeCrosshairMove(({ time, point }) =>
      events.onPoint(time === undefined || point === undefined ? null : Number(time) * 1_000),
    )
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(() => this.moved())
  }

  remove(): void {
    this.unfollowColours()
    this.chart.remove()
  }

  /** Show other candles altogether, the newest in sight. */
  begin(candles: readonly Candle[], words: TimeLook['words'], seconds: boolean): void {
    this.timeWords = words
    this.chart.applyOptions({ timeScale: { secondsVisible: seconds } })
    this.fill(candles)
    this.chart.timeScale().applyOptions({ barSpacing: BAR_WIDTH })
    this.chart.timeScale().scrollToPosition(RIGHT_BARS, false)
    this.chart.priceScale('right').applyOptions({ autoScale: true })
    this.mark(this.marks)
  }

  /** Make few candles as wide as there is room for, up to a limit in pixels. */
  widen(most: number): void {
    const scale = this.chart.timeScale()
    const fitting = scale.width() / (this.candles.length + RIGHT_BARS + 1)
    scale.applyOptions({ barSpacing: Math.min(most, Math.max(BAR_WIDTH, fitting)) })
  }

  /** Show these candles where the others were; what is looked at stays in its place. */
  fill(candles: readonly Candle[]): void {
    this.candles = candles
    this.shown = candles.length
    this.prices.setData(candles.map((candle) => this.priceOf(candle)))
    this.volume.setData(candles.map((candle) => this.volumeOf(candle)))
    this.drawLast()
  }

  /** The candles from a place on are other ones, or new. */
  update(candles: readonly Candle[], from: number): void {
    this.candles = candles
    for (const candle of candles.slice(from)) {
      const old = from < this.shown - 1
      this.prices.update(this.priceOf(candle), old)
      this.volume.update(this.volumeOf(candle), old)
      from += 1
    }
    this.shown = candles.length
    this.drawLast()
  }

  setStep(step: Decimal): void {
    this.step = step
    this.prices.applyOptions({ priceFormat: this.priceFormat() })
  }

  setStyle(style: Style): void {
    if (style === this.style) return
    this.style = style
    this.markers.detach()
    this.chart.removeSeries(this.prices)
    this.drawn.clear()
    this.last = null
    this.prices = this.addPrices()
    this.markers = createSeriesMarkers(this.prices, [])
    this.recolour()
  }

  setLogarithmic(logarithmic: boolean): void {
    const mode = logarithmic ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal
    this.chart.priceScale('right').applyOptions({ mode, autoScale: true })
  }

  /** Mark candles; only where there is one. */
  mark(marks: readonly ChartMark[]): void {
    this.marks = marks
    const [first] = this.candles
    this.markers.setMarkers(
      first ? marks.filter((mark) => mark.time >= first.timestamp).map((mark) => this.markerOf(mark)) : [],
    )
  }

  /** Draw lines at prices; one that stays is changed, not drawn anew. */
  drawLines(lines: readonly ChartLine[]): void {
    this.lines = lines
    const gone = new Set(this.drawn.keys())
    for (const line of lines) {
      gone.delete(line.key)
      const options = {
        price: toNumber(line.price),
        title: line.words,
        color: line.side === 'buy' ? this.look.up : this.look.down,
        lineWidth: 1 as const,
        lineStyle: line.stop ? LineStyle.Dotted : LineStyle.Dashed,
        axisLabelVisible: true,
      }
      const drawn = this.drawn.get(line.key)
      if (drawn) drawn.applyOptions(options)
      else this.drawn.set(line.key, this.prices.createPriceLine(options))
    }
    for (const key of gone) {
      const drawn = this.drawn.get(key)
      if (drawn) this.prices.removePriceLine(drawn)
      this.drawn.delete(key)
    }
  }

  /** All candles in sight. */
  fit(): void {
    this.chart.priceScale('right').applyOptions({ autoScale: true })
    this.chart.timeScale().fitContent()
  }

  toNewest(): void {
    this.chart.timeScale().scrollToPosition(RIGHT_BARS, !isStill())
  }

  zoom(part: number): void {
    const scale = this.chart.timeScale()
    scale.applyOptions({ barSpacing: scale.options().barSpacing * part })
  }

  /** Put the crosshair on a candle, and bring it into sight. */
  pointAt(place: number): void {
    const candle = this.candles[place]
    if (!candle) return
    const range = this.chart.timeScale().getVisibleLogicalRange()
    if (range && (place < range.from || place > range.to)) {
      const last = this.candles.length - 1
      const half = (range.to - range.from) / 2
      this.chart.timeScale().scrollToPosition(Math.min(RIGHT_BARS, place - last + half), false)
    }
    this.chart.setCrosshairPosition(toNumber(candle.close), timeOf(candle.timestamp), this.prices)
    this.events.onPoint(candle.timestamp)
  }

  pointNowhere(): void {
    this.chart.clearCrosshairPosition()
    this.events.onPoint(null)
  }

  private drawLast(): void {
    const candle = this.candles.at(-1)
    if (!candle) {
      if (this.last) this.prices.removePriceLine(this.last)
      this.last = null
      return
    }
    const options = {
      price: toNumber(candle.close),
      color: candle.close < candle.open ? this.look.down : this.look.up,
      lineWidth: 1 as const,
      lineStyle: LineStyle.SparseDotted,
      axisLabelVisible: true,
    }
    if (this.last) this.last.applyOptions(options)
    else this.last = this.prices.createPriceLine(options)
  }

  private addPrices(): PriceSeries {
    const options = { priceFormat: this.priceFormat(), lastValueVisible: false, priceLineVisible: false }
    return this.style === 'line'
      ? this.chart.addSeries(LineSeries, { ...options, lineWidth: 2, crosshairMarkerRadius: 3 })
      : this.chart.addSeries(CandlestickSeries, options)
  }

  private priceFormat() {
    const places = placesOf(this.step)
    return {
      type: 'custom' as const,
      minMove: toNumber(this.step),
      formatter: (price: number) => formatFixed(parseDecimal(price.toFixed(places)) ?? ZERO, places),
    }
  }

  private priceOf(candle: Candle) {
    const time = timeOf(candle.timestamp)
    const close = toNumber(candle.close)
    if (this.style === 'line') return { time, value: close }
    return {
      time,
      open: toNumber(candle.open),
      high: toNumber(candle.high),
      low: toNumber(candle.low),
      close,
    }
  }

  private volumeOf(candle: Candle) {
    const colour = candle.close < candle.open ? this.look.down : this.look.up
    return { time: timeOf(candle.timestamp), value: toNumber(candle.volume), color: translucent(colour, 0.3) }
  }

  private markerOf({ key, time, position, shape, tone, words }: ChartMark): SeriesMarker<Time> {
    return {
      time: timeOf(time),
      position,
      shape,
      color: this.look[tone],
      id: key,
      ...(this.wordy && { text: words }),
    }
  }

  private moved(): void {
    const scale = this.chart.timeScale()
    const range = scale.getVisibleLogicalRange()
    if (!range) return
    this.events.onMove({
      back: range.to < this.candles.length - 1 - BACK_BARS,
      short: range.from < AHEAD_BARS,
      atStart: range.from < -1,
    })
    const wordy = scale.options().barSpacing >= MARK_WORDS_WIDTH
    if (wordy !== this.wordy) {
      this.wordy = wordy
      this.mark(this.marks)
    }
  }

  private recolour(): void {
    const look = colours()
    this.look = look
    const label = { labelBackgroundColor: look['line-strong'], color: look.faint }
    this.chart.applyOptions({
      layout: { background: { type: ColorType.Solid, color: look.panel }, textColor: look.muted },
      grid: { vertLines: { color: look.line }, horzLines: { color: look.line } },
      crosshair: { vertLine: label, horzLine: label },
    })
    this.prices.applyOptions(
      this.style === 'line'
        ? { color: look.accent }
        : {
            upColor: look.up,
            downColor: look.down,
            borderVisible: false,
            wickUpColor: look.up,
            wickDownColor: look.down,
          },
    )
    // Bars of the histogram carry their own colours.
    this.fill(this.candles)
    this.drawLines(this.lines)
    this.mark(this.marks)
  }
}
