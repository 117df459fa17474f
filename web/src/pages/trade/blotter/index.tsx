import { clsx } from 'clsx'
import { LogIn } from 'lucide-react'
import { Tabs } from 'radix-ui'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { Empty, SkeletonRows } from '@/components/states'
import { Switch } from '@/components/switch'
import { CancelAll } from '@/pages/trade/blotter/cancel-all'
import { ExportMenu } from '@/pages/trade/blotter/export-menu'
import { Fills } from '@/pages/trade/blotter/fills'
import { TABS, type TabName, useHabits } from '@/pages/trade/blotter/habits'
import { History } from '@/pages/trade/blotter/history'
import { StepsContext, useAllSteps } from '@/pages/trade/blotter/instruments-context'
import { NewsList } from '@/pages/trade/blotter/news-list'
import { OpenOrders, useOpenOrders } from '@/pages/trade/blotter/open-orders'
import { Positions } from '@/pages/trade/blotter/positions'
import type { PanelProps } from '@/pages/trade/panels'
import { useSession } from '@/session/store'
import type { Ticker } from '@/wire/reading'

const TITLES: Readonly<Record<TabName, string>> = {
  open: 'Open orders',
  history: 'History',
  fills: 'Fills',
  positions: 'Positions',
  news: 'News',
}

const VIEWS: Readonly<Record<TabName, (props: { ticker: Ticker | undefined }) => ReactNode>> = {
  open: OpenOrders,
  history: History,
  fills: Fills,
  positions: Positions,
  news: NewsList,
}

/** Orders, fills and positions of the account. */
export default function Blotter({ ticker }: PanelProps) {
  const { tab, onlyHere } = useHabits()
  const steps = useAllSteps()
  const where = onlyHere ? ticker : undefined
  return (
    <StepsContext value={steps}>
      <Tabs.Root
        value={tab}
        onValueChange={(chosen) => useHabits.setState({ tab: chosen as TabName })}
        className="@container flex h-full flex-col bg-panel"
      >
        <Head ticker={ticker} where={where} />
        {TABS.map((name) => {
          const View = VIEWS[name]
          return (
            <Tabs.Content key={name} value={name} className="min-h-0 flex-1 outline-none" tabIndex={-1}>
              <Owned tab={name} ticker={ticker}>
                <View ticker={where} />
              </Owned>
            </Tabs.Content>
          )
        })}
      </Tabs.Root>
    </StepsContext>
  )
}

/** The tabs, and what can be done with all that one of them lists. */
function Head({ ticker, where }: { ticker: Ticker; where: Ticker | undefined }) {
  const { tab, onlyHere } = useHabits()
  const signedIn = useSession((state) => state.me !== null)
  const open = useOpenOrders(where).length
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 border-line border-b px-1.5">
      <Tabs.List
        aria-label="Orders and positions"
        className="flex min-w-0 overflow-x-auto [scrollbar-width:none]"
      >
        {TABS.map((name) => (
          <Tabs.Trigger
            key={name}
            value={name}
            className={clsx(
              'flex h-8 shrink-0 items-center gap-1.5 border-transparent border-b-2 px-2 text-muted text-xs hover:text-text focus-visible:-outline-offset-2',
              'data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-text',
            )}
          >
            {TITLES[name]}
            {name === 'open' && open > 0 && (
              <span className="tabular rounded bg-accent-soft px-1 text-2xs text-accent">{open}</span>
            )}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <div className="ml-auto flex h-8 items-center gap-2">
        <Switch
          label={`${ticker} only`}
          title="List this market alone"
          checked={onlyHere}
          onChange={(on) => useHabits.setState({ onlyHere: on })}
        />
        {tab === 'open' && signedIn && <CancelAll ticker={where} count={open} />}
        {(signedIn || tab === 'news') && <ExportMenu tab={tab} ticker={where} />}
      </div>
    </div>
  )
}

/** Everything but news belongs to somebody. */
function Owned({ tab, ticker, children }: { tab: TabName; ticker: Ticker; children: ReactNode }) {
  const standing = useSession((state) => state.standing)
  if (tab === 'news' || standing === 'signed_in') return children
  if (standing === 'asking') return <SkeletonRows />
  const next = encodeURIComponent(`/trade/${encodeURIComponent(ticker)}`)
  return (
    <Empty icon={LogIn} title="Your orders and positions stand here">
      <Link href={`/sign-in?next=${next}`} className="text-accent underline underline-offset-2">
        Sign in
      </Link>{' '}
      to place orders and to see them.
    </Empty>
  )
}
