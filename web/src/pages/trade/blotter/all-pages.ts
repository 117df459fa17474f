/** Every page of something, for an export. */
import type { FetchPage } from '@/pages/trade/blotter/use-past'
import type { Ticker } from '@/wire/reading'

const PAGE_ROWS = 500
export const EXPORT_ROWS_MAX = 10_000

/** The newest rows, up to a maximum; `more` where there are others. Rows that came in meanwhile are not doubled. */
export async function allPages<Row>(
  fetchPage: FetchPage<Row>,
  ticker: Ticker | undefined,
  keyOf: (row: Row) => string,
): Promise<{ rows: Row[]; more: boolean }> {
  const known = new Map<string, Row>()
  for (let offset = 0; offset < EXPORT_ROWS_MAX; offset += PAGE_ROWS) {
    const page = await fetchPage({ ticker, limit: PAGE_ROWS, offset })
    for (const row of page) {
      const key = keyOf(row)
      if (!known.has(key)) known.set(key, row)
    }
    if (page.length < PAGE_ROWS) return { rows: [...known.values()], more: false }
  }
  return { rows: [...known.values()], more: true }
}
