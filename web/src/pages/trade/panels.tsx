import type { ComponentType } from 'react'
import { SkeletonRows } from '@/components/states'
import { loadable } from '@/shell/loadable'
import type { Ticker } from '@/wire/reading'

/** What every panel is told. */
export interface PanelProps {
  readonly ticker: Ticker
}

export interface PanelKind {
  readonly title: string
  readonly View: ComponentType<PanelProps>
}

const panel = (load: () => Promise<{ default: ComponentType<PanelProps> }>) =>
  loadable(load, <SkeletonRows />)

/** The parts of the trading page, by the name that a kept layout knows them by. */
export const PANELS = {
  chart: { title: 'Chart', View: panel(() => import('@/pages/trade/chart')) },
  depth: { title: 'Depth', View: panel(() => import('@/pages/trade/depth')) },
  book: { title: 'Book', View: panel(() => import('@/pages/trade/book')) },
  ladder: { title: 'Ladder', View: panel(() => import('@/pages/trade/ladder')) },
  tape: { title: 'Trades', View: panel(() => import('@/pages/trade/tape')) },
  ticket: { title: 'Order', View: panel(() => import('@/pages/trade/ticket')) },
  blotter: { title: 'Orders and positions', View: panel(() => import('@/pages/trade/blotter')) },
} as const satisfies Record<string, PanelKind>

export type PanelName = keyof typeof PANELS

export const isPanelName = (name: string): name is PanelName => Object.hasOwn(PANELS, name)
