import { type ComponentType, lazy } from 'react'
import type { Ticker } from '@/wire/reading'

/** What every panel is told. */
export interface PanelProps {
  readonly ticker: Ticker
}

export interface PanelKind {
  readonly title: string
  readonly View: ComponentType<PanelProps>
}

/** The parts of the trading page, by the name that a kept layout knows them by. */
export const PANELS = {
  chart: { title: 'Chart', View: lazy(() => import('@/pages/trade/chart')) },
  depth: { title: 'Depth', View: lazy(() => import('@/pages/trade/depth')) },
  book: { title: 'Book', View: lazy(() => import('@/pages/trade/book')) },
  ladder: { title: 'Ladder', View: lazy(() => import('@/pages/trade/ladder')) },
  tape: { title: 'Trades', View: lazy(() => import('@/pages/trade/tape')) },
  ticket: { title: 'Order', View: lazy(() => import('@/pages/trade/ticket')) },
  blotter: { title: 'Orders and positions', View: lazy(() => import('@/pages/trade/blotter')) },
} as const satisfies Record<string, PanelKind>

export type PanelName = keyof typeof PANELS

export const isPanelName = (name: string): name is PanelName => Object.hasOwn(PANELS, name)
