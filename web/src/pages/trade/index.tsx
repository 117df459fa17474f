import { SearchX } from 'lucide-react'
import { useEffect } from 'react'
import { Link, Redirect, useParams } from 'wouter'
import { Empty, Failed, SkeletonRows } from '@/components/states'
import { useInstruments } from '@/hooks/use-instruments'
import { useIsWide } from '@/hooks/use-media'
import { useLastMarket } from '@/pages/trade/last-market'
import { MarketContext } from '@/pages/trade/market-context'
import { MarketHeader } from '@/pages/trade/market-header'
import { loadable } from '@/shell/loadable'
import { asTicker } from '@/wire/reading'

const Dock = loadable(() => import('@/pages/trade/dock'), <SkeletonRows />)
const Stacked = loadable(() => import('@/pages/trade/stacked'), <SkeletonRows />)

/** The trading page: everything about one market, and the way to trade in it. */
export default function Trade() {
  const { ticker: named } = useParams<{ ticker?: string }>()
  const { data, error, refetch } = useInstruments()
  const last = useLastMarket((state) => state.ticker)
  const wide = useIsWide()
  const ticker = named === undefined ? undefined : decodeURIComponent(named)
  const listed = data?.instruments.find((instrument) => instrument.ticker === ticker)

  useEffect(() => {
    if (listed) useLastMarket.setState({ ticker: listed.ticker })
    document.title = listed ? `${listed.ticker} · Crossbook` : 'Crossbook'
    return () => {
      document.title = 'Crossbook'
    }
  }, [listed])

  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />
  if (!data) return <SkeletonRows />
  if (ticker === undefined) {
    const open = data.instruments.find((instrument) => instrument.ticker === last) ?? data.instruments[0]
    if (open) return <Redirect to={`/trade/${encodeURIComponent(open.ticker)}`} replace />
  }
  if (!listed) {
    return (
      <Empty icon={SearchX} title={`There is no market ${ticker ?? 'yet'}`}>
        <Link href="/" className="text-accent underline">
          To the markets
        </Link>
      </Empty>
    )
  }
  return (
    <MarketContext value={asTicker(listed.ticker)}>
      <div className="flex h-full flex-col">
        <h1 className="sr-only">Trade {listed.ticker}</h1>
        <MarketHeader ticker={listed.ticker} wide={wide} />
        <div className={wide ? 'min-h-0 flex-1 p-1.5' : 'min-h-0 flex-1'}>
          {wide ? <Dock /> : <Stacked />}
        </div>
      </div>
    </MarketContext>
  )
}
