import { Newspaper } from 'lucide-react'
import { Link } from 'wouter'
import { Panel } from '@/components/panel'
import { Empty } from '@/components/states'
import { formatAgo, formatFull } from '@/format/times'
import { useNow } from '@/hooks/use-now'
import { useStream } from '@/stream/store'

/** What was announced, newest first. */
export function NewsList({ className }: { className?: string }) {
  const news = useStream((state) => state.news)
  const now = useNow(15_000)
  return (
    <Panel title="News" {...(className ? { className } : {})} bodyClassName="overflow-y-auto">
      {news.length === 0 ? (
        <Empty icon={Newspaper} title="No news yet">
          What the venue announces stands here.
        </Empty>
      ) : (
        <ol>
          {news.map(({ timestamp, text, ticker }) => (
            <li
              key={`${timestamp} ${ticker ?? ''} ${text}`}
              className="border-line border-b px-3 py-2 last:border-0"
            >
              <p className="flex items-center gap-2 text-2xs text-faint">
                <time dateTime={new Date(timestamp).toISOString()} title={formatFull(timestamp)}>
                  {formatAgo(timestamp, now)}
                </time>
                {ticker && (
                  <Link
                    href={`/trade/${encodeURIComponent(ticker)}`}
                    className="rounded bg-hover px-1.5 font-medium text-muted hover:text-text"
                  >
                    {ticker}
                  </Link>
                )}
              </p>
              <bdi className="mt-0.5 block break-words">{text}</bdi>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}
