import { Page } from '@/components/page'
import { Failed } from '@/components/states'
import { Veil } from '@/components/veil'
import { AllocationPanel } from '@/pages/portfolio/allocation-panel'
import { EquityPanel } from '@/pages/portfolio/equity-panel'
import { FiguresPanel } from '@/pages/portfolio/figures-panel'
import { PositionsPanel } from '@/pages/portfolio/positions-panel'
import { useAccountStanding, useSummary } from '@/pages/portfolio/use-summary'
import { useSession } from '@/session/store'

/** What the account is worth, how that came, and what it is made of. */
export default function PortfolioPage() {
  const user = useSession((state) => state.me?.user_id)
  return (
    <Page title="Portfolio" wide>
      {/* Nothing of somebody else's stays. */}
      {user !== undefined && <Account key={user} user={user} />}
    </Page>
  )
}

function Account({ user }: { user: string }) {
  const { summary, error, retry } = useSummary()
  const standing = useAccountStanding()
  if (error) return <Failed error={error} onRetry={retry} />
  return (
    <Veil standing={standing}>
      <div className="flex flex-col gap-3">
        <FiguresPanel summary={summary} />
        <div className="grid gap-3 lg:grid-cols-[minmax(0,2fr)_minmax(18rem,1fr)]">
          <EquityPanel user={user} total={summary?.total ?? null} />
          <AllocationPanel summary={summary} />
        </div>
        <PositionsPanel summary={summary} />
      </div>
    </Veil>
  )
}
