import { QueryClientProvider } from '@tanstack/react-query'
import { Compass } from 'lucide-react'
import type { ComponentType } from 'react'
import { Toaster } from 'sonner'
import { Link, Redirect, Route, Router, Switch, useLocation } from 'wouter'
import { Empty, SkeletonRows } from '@/components/states'
import { SessionOver } from '@/pages/sign-in/session-over'
import { useSession } from '@/session/store'
import { Boundary } from '@/shell/boundary'
import { useHashPath, useHashSearch } from '@/shell/hash-location'
import { loadable } from '@/shell/loadable'
import { Shell } from '@/shell/shell'
import { TOASTS } from '@/shell/toasts'
import { useLooks } from '@/theme/store'
import { queries } from '@/wire/queries'

const page = (load: () => Promise<{ default: ComponentType }>) => loadable(load, <SkeletonRows />)

const Markets = page(() => import('@/pages/markets'))
const Trade = page(() => import('@/pages/trade'))
const Portfolio = page(() => import('@/pages/portfolio'))
const Leaderboard = page(() => import('@/pages/leaderboard'))
const Account = page(() => import('@/pages/account'))
const SignIn = page(() => import('@/pages/sign-in'))
const Lab = page(() => import('@/pages/lab'))
const Status = page(() => import('@/pages/status'))
const Admin = page(() => import('@/pages/admin'))

/** A page for who is signed in; everybody else is asked to, and comes back to it. */
function own(Page: ComponentType, role?: 'admin') {
  return function Own() {
    const { standing, me } = useSession()
    const [path] = useLocation()
    if (standing === 'asking') return <SkeletonRows />
    if (!me) return <Redirect to={`/sign-in?next=${encodeURIComponent(path)}`} replace />
    if (role === 'admin' && me.role !== 'admin') return <Missing />
    return <Page />
  }
}

const OwnPortfolio = own(Portfolio)
const OwnAccount = own(Account)
const OwnAdmin = own(Admin, 'admin')

function Missing() {
  return (
    <Empty icon={Compass} title="There is no such page">
      <Link href="/" className="text-accent underline">
        To the markets
      </Link>
    </Empty>
  )
}

function Pages() {
  const [path] = useLocation()
  return (
    <Boundary name={path}>
      <Switch>
        <Route path="/" component={Markets} />
        <Route path="/trade/:ticker?" component={Trade} />
        <Route path="/portfolio" component={OwnPortfolio} />
        <Route path="/leaderboard" component={Leaderboard} />
        <Route path="/lab/:part?" component={Lab} />
        <Route path="/account" component={OwnAccount} />
        <Route path="/sign-in" component={SignIn} />
        <Route path="/status" component={Status} />
        <Route path="/admin" component={OwnAdmin} />
        <Route component={Missing} />
      </Switch>
    </Boundary>
  )
}

export function App() {
  const theme = useLooks((state) => state.theme)
  return (
    <QueryClientProvider client={queries}>
      <Router hook={useHashPath} searchHook={useHashSearch}>
        <Shell>
          <Pages />
        </Shell>
        <SessionOver />
        <Toaster theme={theme} {...TOASTS} />
      </Router>
    </QueryClientProvider>
  )
}
