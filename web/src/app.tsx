import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Compass } from 'lucide-react'
import { type ComponentType, lazy, Suspense } from 'react'
import { Toaster } from 'sonner'
import { Link, Redirect, Route, Router, Switch, useLocation } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { Empty, SkeletonRows } from '@/components/states'
import { SessionOver } from '@/pages/sign-in/session-over'
import { useSession } from '@/session/store'
import { Boundary } from '@/shell/boundary'
import { Shell } from '@/shell/shell'
import { useLooks } from '@/theme/store'
import { RequestError } from '@/wire/rest'

const Markets = lazy(() => import('@/pages/markets'))
const Trade = lazy(() => import('@/pages/trade'))
const Portfolio = lazy(() => import('@/pages/portfolio'))
const Leaderboard = lazy(() => import('@/pages/leaderboard'))
const Account = lazy(() => import('@/pages/account'))
const SignIn = lazy(() => import('@/pages/sign-in'))
const Status = lazy(() => import('@/pages/status'))
const Admin = lazy(() => import('@/pages/admin'))

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What the venue refuses it refuses again; what could not be reached is tried again.
      retry: (failures, error) => !(error instanceof RequestError && error.status < 500) && failures < 3,
      staleTime: 2_000,
      refetchOnWindowFocus: true,
    },
  },
})

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
      <Suspense fallback={<SkeletonRows />}>
        <Switch>
          <Route path="/" component={Markets} />
          <Route path="/trade/:ticker?" component={Trade} />
          <Route path="/portfolio" component={OwnPortfolio} />
          <Route path="/leaderboard" component={Leaderboard} />
          <Route path="/account" component={OwnAccount} />
          <Route path="/sign-in" component={SignIn} />
          <Route path="/status" component={Status} />
          <Route path="/admin" component={OwnAdmin} />
          <Route component={Missing} />
        </Switch>
      </Suspense>
    </Boundary>
  )
}

export function App() {
  const theme = useLooks((state) => state.theme)
  return (
    <QueryClientProvider client={queries}>
      <Router hook={useHashLocation}>
        <Shell>
          <Pages />
        </Shell>
        <SessionOver />
        <Toaster
          theme={theme}
          position="bottom-right"
          gap={8}
          toastOptions={{
            classNames: {
              toast: 'bg-raised! border-line! text-text! shadow-float! text-sm!',
              success: '[&_[data-icon]]:text-up',
              error: '[&_[data-icon]]:text-down',
            },
          }}
        />
      </Router>
    </QueryClientProvider>
  )
}
