/** What a chart is looked at with, as long as it is there: the pointer, and where it stands in the history. */
import { useRef, useState } from 'react'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CandleFeed } from '@/pages/trade/chart/feed'
import type { ChartEvents } from '@/trading/price-chart'

export interface View {
  /** When the candle begins that is pointed at. */
  readonly point: number | null
  /** Whether the newest candle is out of sight. */
  readonly back: boolean
  /** Whether the oldest is in sight. */
  readonly atStart: boolean
}

export type ViewStore = StoreApi<View>

const FIRST: View = { point: null, back: false, atStart: false }

/** A view, and the chart's events that keep it up and have older candles loaded; both stay the same. */
export function useView(feed: CandleFeed | null): { view: ViewStore; events: ChartEvents } {
  const newest = useRef(feed)
  newest.current = feed
  const [made] = useState(() => {
    const view = createStore<View>(() => FIRST)
    const events: ChartEvents = {
      onPoint: (point) => {
        if (view.getState().point !== point) view.setState({ point })
      },
      onMove: ({ back, atStart, short }) => {
        const before = view.getState()
        if (before.back !== back || before.atStart !== atStart) view.setState({ back, atStart })
        if (short) void newest.current?.loadOlder()
      },
    }
    return { view, events }
  })
  return made
}
