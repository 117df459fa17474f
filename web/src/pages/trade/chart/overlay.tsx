import { ChartCandlestick, ChevronsRight } from 'lucide-react'
import { useStore } from 'zustand'
import { Button } from '@/components/button'
import { Empty, Failed } from '@/components/states'
import type { CandleFeed } from '@/pages/trade/chart/feed'
import type { ViewStore } from '@/pages/trade/chart/view'

/** Heights of candles that will be there in a moment, in per cent. */
const HEIGHTS = [28, 34, 31, 40, 46, 43, 52, 49, 57, 62, 55, 60, 68, 64, 59, 66, 73, 70, 76, 72] as const

function Waiting() {
  return (
    <div
      role="status"
      aria-label="Loading candles"
      className="absolute inset-0 flex animate-breathe items-end gap-[1.5%] bg-panel p-6 pr-16 pb-10"
    >
      {HEIGHTS.map((height, place) => (
        <span
          key={height}
          className="flex-1 rounded-sm bg-hover"
          style={{ height: `${18 + (place % 3) * 5}%`, marginBottom: `${height * 0.8}%` }}
        />
      ))}
    </div>
  )
}

interface Props {
  readonly feed: CandleFeed
  readonly view: ViewStore
  readonly onNewest: () => void
}

/** What stands over the chart: that there is nothing, or not yet, and the way back to the newest. */
export function Overlay({ feed, view, onNewest }: Props) {
  const { phase, error, empty, older } = useStore(feed.status)
  const back = useStore(view, (state) => state.back)
  const atStart = useStore(view, (state) => state.atStart)
  if (phase === 'loading') return <Waiting />
  if (phase === 'failed') {
    return (
      <div className="absolute inset-0 bg-panel">
        <Failed error={error} onRetry={() => feed.start()} />
      </div>
    )
  }
  if (empty) {
    return (
      <div className="absolute inset-0 bg-panel">
        <Empty icon={ChartCandlestick} title="Nothing was traded yet">
          The first trade begins the chart.
        </Empty>
      </div>
    )
  }
  return (
    <>
      <div className="pointer-events-none absolute top-1/2 left-3" role="status">
        {older === 'loading' && <Note>Loading older candles</Note>}
        {atStart && back && older === 'end' && <Note>The history begins here</Note>}
        {atStart && older === 'full' && <Note>A longer interval shows more</Note>}
        {atStart && older === 'failed' && (
          <span className="pointer-events-auto">
            <Button size="sm" onClick={() => void feed.loadOlder(true)}>
              Load older candles again
            </Button>
          </span>
        )}
      </div>
      {back && (
        <Button
          size="sm"
          className="absolute right-20 bottom-9 animate-appear bg-raised! shadow-float"
          onClick={onNewest}
          title="Go to the newest (Alt+N)"
        >
          Newest
          <ChevronsRight size={13} aria-hidden />
        </Button>
      )}
    </>
  )
}

function Note({ children }: { children: string }) {
  return (
    <span className="animate-appear rounded-full border border-line bg-raised px-2.5 py-0.5 text-muted text-xs">
      {children}
    </span>
  )
}
