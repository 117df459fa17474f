import { CloudOff, LayoutGrid, Rows3, SearchX } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { Field } from '@/components/field'
import { Segmented } from '@/components/segmented'
import { Empty } from '@/components/states'
import { Veil } from '@/components/veil'
import { useInstruments } from '@/hooks/use-instruments'
import { useShortcuts } from '@/keyboard/shortcuts'
import { Hero } from '@/pages/markets/hero'
import { MarketCards } from '@/pages/markets/market-cards'
import { MarketTable } from '@/pages/markets/market-table'
import { NewsList } from '@/pages/markets/news-list'
import { useMarketsLook } from '@/pages/markets/store'
import { useStream } from '@/stream/store'
import { isMeant } from '@/trading/glance'
import type { Ticker } from '@/wire/reading'

/** With more markets than these there is a field to search them. */
const SEARCH_FROM = 12

const VIEWS = [
  { value: 'cards', label: <LayoutGrid size={14} aria-label="Cards" />, title: 'Cards' },
  { value: 'table', label: <Rows3 size={14} aria-label="Table" />, title: 'Table' },
] as const

/** What is listed, as the stream tells it; null until it does. */
function useTickers(): readonly Ticker[] | null {
  const known = useStream((state) => (state.channels.get('prices')?.sequence ?? null) !== null)
  const tickers = useStream(useShallow((state) => [...state.prices.keys()]))
  useEffect(() => {
    if (tickers.length > 0) useMarketsLook.setState({ count: tickers.length })
  }, [tickers])
  return known || tickers.length > 0 ? tickers : null
}

function useFound(tickers: readonly Ticker[] | null, typed: string): readonly Ticker[] | null {
  const { data } = useInstruments()
  return useMemo(() => {
    if (tickers === null || typed.trim() === '') return tickers
    const names = new Map(data?.instruments.map((listed) => [listed.ticker, listed.name]))
    return tickers.filter((ticker) => isMeant(typed, ticker, names.get(ticker) ?? ''))
  }, [tickers, typed, data])
}

function Markets({ tickers, typed }: { tickers: readonly Ticker[] | null; typed: string }) {
  const view = useMarketsLook((look) => look.view)
  const lost = useStream((state) => state.link === 'lost')
  const found = useFound(tickers, typed)
  if (tickers === null && lost) {
    return (
      <Empty icon={CloudOff} title="The venue cannot be reached" className="min-h-56">
        It is tried again every few seconds.
      </Empty>
    )
  }
  if (tickers?.length === 0) {
    return (
      <Empty icon={LayoutGrid} title="No markets yet" className="min-h-56">
        As soon as the venue lists one it stands here.
      </Empty>
    )
  }
  if (found?.length === 0) {
    return <Empty icon={SearchX} title="No market is called that" className="min-h-56" />
  }
  return view === 'table' && found ? <MarketTable tickers={found} /> : <MarketCards tickers={found} />
}

/** The landing page: every market at a glance, and the news. */
export default function MarketsPage() {
  const tickers = useTickers()
  const view = useMarketsLook((look) => look.view)
  const standing = useStream((state) => state.channels.get('prices')?.standing ?? 'asked')
  const [typed, setTyped] = useState('')
  const search = useRef<HTMLDivElement>(null)
  const many = (tickers?.length ?? 0) > SEARCH_FROM
  const other = view === 'cards' ? 'table' : 'cards'
  useShortcuts('Markets', [
    { keys: 'v', label: 'Cards or table', run: () => useMarketsLook.setState({ view: other }) },
    { keys: '/', label: 'Search the markets', run: () => search.current?.querySelector('input')?.focus() },
  ])
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-[156rem] px-3 py-4 sm:px-5">
        <Hero />
        <div className="flex flex-col gap-5 xl:flex-row xl:items-start">
          <section className="min-w-0 flex-1" aria-label="Markets">
            <header className="mb-3 flex min-h-8 flex-wrap items-center gap-3">
              <h1 className="font-semibold text-lg tracking-tight">Markets</h1>
              <div className="ml-auto flex items-center gap-2">
                {many && (
                  <div ref={search}>
                    <Field
                      label="Search the markets"
                      labelHidden
                      type="search"
                      placeholder="Ticker or name"
                      value={typed}
                      onChange={(event) => setTyped(event.target.value)}
                      className="w-44"
                    />
                  </div>
                )}
                <Segmented
                  label="How markets are shown"
                  size="md"
                  value={view}
                  choices={VIEWS}
                  onChange={(chosen) => useMarketsLook.setState({ view: chosen })}
                />
              </div>
            </header>
            <Veil standing={standing}>
              <Markets tickers={tickers} typed={many ? typed : ''} />
            </Veil>
          </section>
          <NewsList className="max-h-96 xl:sticky xl:top-0 xl:mt-11 xl:max-h-[calc(100dvh-8rem)] xl:w-72 2xl:w-80" />
        </div>
      </div>
    </div>
  )
}
