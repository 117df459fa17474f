import { Newspaper } from 'lucide-react'
import { useMemo } from 'react'
import { type Column, DataTable } from '@/components/data-table'
import { Empty } from '@/components/states'
import { Market, When } from '@/pages/trade/blotter/cells'
import { column } from '@/pages/trade/blotter/column'
import { useStream } from '@/stream/store'
import type { Ticker } from '@/wire/reading'
import type { News } from '@/wire/views'

const keyOf = (news: News): string => `${news.timestamp} ${news.ticker ?? ''} ${news.text}`

const COLUMNS: readonly Column<News>[] = [
  column(
    'time',
    'Time',
    { width: 84, grow: 0 },
    (news) => <When ms={news.timestamp} />,
    (news) => news.timestamp,
  ),
  column(
    'market',
    'Market',
    { width: 72, grow: 0 },
    (news) => (news.ticker ? <Market ticker={news.ticker} /> : <span className="text-faint">All</span>),
    (news) => news.ticker,
  ),
  column('text', 'News', { width: 220 }, (news) => <bdi title={news.text}>{news.text}</bdi>),
]

/** News of one market, with those for everybody, or all. */
function useNews(ticker: Ticker | undefined): readonly News[] {
  const news = useStream((state) => state.news)
  return useMemo(
    () => news.filter((told) => ticker === undefined || told.ticker === null || told.ticker === ticker),
    [news, ticker],
  )
}

export function NewsList({ ticker }: { ticker: Ticker | undefined }) {
  const news = useNews(ticker)
  return (
    <div className="h-full text-xs">
      <DataTable
        label="News"
        columns={COLUMNS}
        rows={news}
        rowKey={keyOf}
        empty={
          <Empty icon={Newspaper} title="No news">
            What the venue announces stands here.
          </Empty>
        }
      />
    </div>
  )
}
