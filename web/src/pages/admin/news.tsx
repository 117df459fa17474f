import { useQuery } from '@tanstack/react-query'
import { Newspaper } from 'lucide-react'
import { Badge } from '@/components/badge'
import { Panel } from '@/components/panel'
import { Empty, Failed, SkeletonRows } from '@/components/states'
import { formatFull, formatWhen } from '@/format/times'
import { useNow } from '@/hooks/use-now'
import { NewsForm } from '@/pages/admin/news-form'
import { useStream } from '@/stream/store'
import { getNews } from '@/wire/api'
import type { News as NewsItem } from '@/wire/views'

/** Tell everybody something, and what was told. */
export function News() {
  return (
    <div className="grid items-start gap-3 lg:grid-cols-2">
      <Panel title="Tell news" bodyClassName="p-4">
        <NewsForm />
      </Panel>
      <RecentNews />
    </div>
  )
}

function RecentNews() {
  const now = useNow(60_000)
  const streamed = useStream((state) => state.news)
  const followed = useStream((state) => state.channels.get('news')?.standing === 'live')
  // The stream has them all while it is connected; the request is for when it is not.
  const { data, error, refetch } = useQuery({
    queryKey: ['news'],
    queryFn: ({ signal }) => getNews(signal),
    enabled: !followed,
  })
  const news: readonly NewsItem[] | undefined = followed || streamed.length > 0 ? streamed : data
  return (
    <Panel title="Recent news" bodyClassName="max-h-128 overflow-y-auto">
      {news && news.length > 0 ? (
        <ul aria-label="Recent news">
          {news.map((item) => (
            <li
              key={`${item.timestamp} ${item.text}`}
              className="border-line border-b px-3 py-2 last:border-b-0"
            >
              <NewsLine text={item.text} ticker={item.ticker} />
              <time
                dateTime={new Date(item.timestamp).toISOString()}
                title={formatFull(item.timestamp)}
                className="tabular text-faint text-xs"
              >
                {formatWhen(item.timestamp, now)}
              </time>
            </li>
          ))}
        </ul>
      ) : news ? (
        <Empty icon={Newspaper} title="No news yet" />
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </Panel>
  )
}

/** News as everybody sees them. */
export function NewsLine({ text, ticker }: { text: string; ticker: string | null }) {
  return (
    <p className="flex items-baseline gap-2">
      {ticker && <Badge tone="accent">{ticker}</Badge>}
      <bdi className="min-w-0 break-words">{text}</bdi>
    </p>
  )
}
