import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { useSession } from '@/session/store'
import { ENDED_MAX } from '@/stream/state'
import { useStream } from '@/stream/store'
import type { Page } from '@/wire/api'
import type { Ticker } from '@/wire/reading'

const PAGE_ROWS = 250
/** Rows that are ever loaded: nobody scrolls further, and an export ends there too. */
const ROWS_MAX = 10_000
/** A screenful: with fewer rows more are loaded without being asked for. */
const ENOUGH = 40
const SETTLE_MS = 1_500

export type FetchPage<Row> = (page: Page, signal?: AbortSignal) => Promise<Row[]>

/**
 * Pages of the account's past, newest first. What happens from now on the stream tells; they are read again only where
 * it may have missed something: after a lost connection, or when more happened than it keeps.
 */
export function usePast<Row>(
  kind: 'orders' | 'fills',
  fetchPage: FetchPage<Row>,
  ticker: Ticker | undefined,
  live: readonly unknown[],
) {
  const user = useSession((state) => state.me?.user_id ?? null)
  const queries = useQueryClient()
  const key = useMemo(() => ['past', kind, user, ticker ?? null] as const, [kind, user, ticker])
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => fetchPage({ ticker, limit: PAGE_ROWS, offset: pageParam }, signal),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const offset = pages.length * PAGE_ROWS
      return last.length < PAGE_ROWS || offset >= ROWS_MAX ? undefined : offset
    },
    enabled: user !== null,
    // The stream keeps it up to date.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })

  const disturbances = useStream((state) => state.counts.reconnects + state.counts.gaps)
  const newest = live[0]
  const since = useRef({ disturbances, changes: 0 })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each newest one counts
  useEffect(() => {
    since.current.changes += 1
  }, [newest])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is newest may be one too many
  useEffect(() => {
    const missed = since.current.disturbances !== disturbances
    if (!missed && since.current.changes < ENDED_MAX / 2) return
    const timer = setTimeout(() => {
      since.current = { disturbances, changes: 0 }
      void queries.invalidateQueries({ queryKey: key })
    }, SETTLE_MS)
    return () => clearTimeout(timer)
  }, [disturbances, newest, queries, key])

  const rows = useMemo(() => query.data?.pages.flat() ?? [], [query.data])
  return { query, rows }
}

/** Load on where what is shown does not fill a screen: a page may hold nothing that belongs in the list. */
export function useFilled(query: ReturnType<typeof usePast>['query'], shown: number): void {
  const { hasNextPage, isFetching, isError, fetchNextPage } = query
  useEffect(() => {
    if (shown < ENOUGH && hasNextPage && !isFetching && !isError) void fetchNextPage()
  }, [shown, hasNextPage, isFetching, isError, fetchNextPage])
}
