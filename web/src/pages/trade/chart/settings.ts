/** How the chart is looked at: remembered in this browser. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import type { Style } from '@/trading/price-chart'
import { INTERVALS, type Interval } from '@/wire/api'

export interface ChartSettings {
  readonly interval: Interval
  readonly style: Style
  /** Whether equal parts, not equal amounts, stand equally high. */
  readonly logarithmic: boolean
}

const FIRST: ChartSettings = { interval: '1m', style: 'candles', logarithmic: false }

/** What was kept, as far as it still means something. */
function merged(kept: unknown, first: ChartSettings): ChartSettings {
  const { interval, style, logarithmic } = (kept ?? {}) as Partial<ChartSettings>
  return {
    interval: INTERVALS.find((known) => known === interval) ?? first.interval,
    style: style === 'line' ? 'line' : first.style,
    logarithmic: logarithmic === true,
  }
}

export const useChartSettings = create<ChartSettings>()(
  persist((): ChartSettings => FIRST, { name: 'crossbook.chart', merge: merged }),
)

export function changeChart(change: Partial<ChartSettings>): void {
  useChartSettings.setState(change)
}
