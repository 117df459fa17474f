import { Newspaper } from 'lucide-react'
import { useStream } from '@/stream/store'

/** The newest news, where there is room. */
export function NewsTicker() {
  const newest = useStream((state) => state.news[0])
  if (!newest) return <span className="flex-1" />
  return (
    <p
      key={newest.timestamp}
      className="ml-3 flex min-w-0 flex-1 animate-appear items-center gap-1.5 text-muted text-xs max-xl:hidden"
      title={newest.text}
    >
      <Newspaper size={13} className="shrink-0 text-faint" aria-hidden />
      <span className="sr-only">News:</span>
      <bdi className="truncate">{newest.text}</bdi>
    </p>
  )
}
