import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useSession } from '@/session/store'
import { useStream } from '@/stream/store'
import { getPortfolio } from '@/wire/api'

/** How long after a change the venue is asked: a burst of fills is one request. */
const SETTLE_MS = 300
/** Without any change: fees and averages of what the stream may have missed. */
const AGAIN_MS = 30_000

const keyOf = (user: string | null) => ['portfolio', user] as const

interface Watch {
  users: number
  readonly end: () => void
}

/** However many components show the portfolio, one looks out for its changes. */
const watches = new WeakMap<QueryClient, Watch>()

/** Ask again whenever the stream says that something of the account changed, or may have while it was away. */
function watch(queries: QueryClient): Watch {
  let timer: ReturnType<typeof setTimeout> | undefined
  const unsubscribe = useStream.subscribe(({ own, counts }, before) => {
    const same = own.balance === before.own.balance && own.fills === before.own.fills
    if (same && counts.reconnects === before.counts.reconnects) return
    timer ??= setTimeout(() => {
      timer = undefined
      void queries.invalidateQueries({ queryKey: ['portfolio'] })
    }, SETTLE_MS)
  })
  return {
    users: 0,
    end: () => {
      unsubscribe()
      clearTimeout(timer)
    },
  }
}

function useRefreshing(): void {
  const queries = useQueryClient()
  useEffect(() => {
    const watching = watches.get(queries) ?? watch(queries)
    watches.set(queries, watching)
    watching.users += 1
    return () => {
      watching.users -= 1
      if (watching.users > 0) return
      watching.end()
      watches.delete(queries)
    }
  }, [queries])
}

/** What the account holds and what it cost: asked for once, by whoever shows it, and again when it changed. */
export function usePortfolio() {
  const user = useSession((state) => state.me?.user_id ?? null)
  useRefreshing()
  return useQuery({
    queryKey: keyOf(user),
    queryFn: ({ signal }) => getPortfolio(signal),
    enabled: user !== null,
    refetchInterval: AGAIN_MS,
  })
}
