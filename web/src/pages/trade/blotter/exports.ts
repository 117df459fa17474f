/** What a tab holds, as one text to take along. */
import { csvOf } from '@/format/csv'
import { allPages, EXPORT_ROWS_MAX } from '@/pages/trade/blotter/all-pages'
import { FILL_CSV, NEWS_CSV, ORDER_CSV, POSITION_CSV } from '@/pages/trade/blotter/csv-columns'
import type { TabName } from '@/pages/trade/blotter/habits'
import { allFills, endedOrders, fillKey } from '@/pages/trade/blotter/merge'
import { useStream } from '@/stream/store'
import { positionOf } from '@/trading/valuation'
import { getFills, getOrders, getPortfolio } from '@/wire/api'
import type { Ticker } from '@/wire/reading'

export interface Exported {
  readonly text: string
  readonly rows: number
  /** Whether there are older rows that are left out. */
  readonly more: boolean
}

const here =
  <Row extends { readonly ticker: Ticker | null }>(ticker: Ticker | undefined) =>
  (row: Row): boolean =>
    ticker === undefined || row.ticker === ticker

/** All rows of a tab, not only those that are loaded, up to `EXPORT_ROWS_MAX`. */
export async function exportTab(tab: TabName, ticker: Ticker | undefined): Promise<Exported> {
  const { own, news, prices } = useStream.getState()
  switch (tab) {
    case 'open': {
      const rows = [...own.open.values()].filter(here(ticker))
      return { text: csvOf(ORDER_CSV, rows), rows: rows.length, more: false }
    }
    case 'history': {
      const past = await allPages(getOrders, ticker, (order) => order.order_id)
      const rows = endedOrders(useStream.getState().own.ended.filter(here(ticker)), past.rows)
      const kept = rows.slice(0, EXPORT_ROWS_MAX)
      return { text: csvOf(ORDER_CSV, kept), rows: kept.length, more: past.more }
    }
    case 'fills': {
      const past = await allPages(getFills, ticker, fillKey)
      const rows = allFills(useStream.getState().own.fills.filter(here(ticker)), past.rows)
      const kept = rows.slice(0, EXPORT_ROWS_MAX)
      return { text: csvOf(FILL_CSV, kept), rows: kept.length, more: past.more }
    }
    case 'positions': {
      const { holdings } = await getPortfolio()
      const rows = holdings
        .filter(here(ticker))
        .map((holding) => positionOf(holding, holding, prices.get(holding.ticker) ?? null))
      return { text: csvOf(POSITION_CSV, rows), rows: rows.length, more: false }
    }
    case 'news': {
      const rows = news.filter((told) => told.ticker === null || here(ticker)(told))
      return { text: csvOf(NEWS_CSV, rows), rows: rows.length, more: false }
    }
  }
}
