import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { type Summary, summaryOf } from '@/pages/portfolio/summary'
import type { Standing } from '@/stream/state'
import { useStream } from '@/stream/store'
import { getPortfolio } from '@/wire/api'

/** How long after a trade the venue is asked: a burst of fills is one request. */
const AFTER_CHANGE_MS = 250
const AGAIN_MS = 30_000
const KEY = ['portfolio']

/** Ask for the portfolio again whenever the stream says that something of it changed. */
function useRefreshing(): void {
  const client = useQueryClient()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null
    const unsubscribe = useStream.subscribe(({ own }, before) => {
      if (own.balance === before.own.balance && own.fills === before.own.fills) return
      timer ??= setTimeout(() => {
        timer = null
        void client.invalidateQueries({ queryKey: KEY })
      }, AFTER_CHANGE_MS)
    })
    return () => {
      unsubscribe()
      if (timer) clearTimeout(timer)
    }
  }, [client])
}

/** The account as it is now; null until the venue answered. */
export function usePortfolio(user: string): { summary: Summary | null; error: unknown; retry: () => void } {
  useRefreshing()
  const { data, error, refetch } = useQuery({
    queryKey: [...KEY, user],
    queryFn: ({ signal }) => getPortfolio(signal),
    refetchInterval: AGAIN_MS,
  })
  const balance = useStream((state) => state.own.balance)
  const prices = useStream((state) => state.prices)
  const summary = useMemo(() => (data ? summaryOf(data, balance, prices) : null), [data, balance, prices])
  return { summary, error: data ? null : error, retry: () => void refetch() }
}

/** How far the figures are to be believed: as far as both prices and the account's own channel. */
export function useAccountStanding(): Standing {
  const prices = useStream((state) => state.channels.get('prices')?.standing ?? 'asked')
  const account = useStream((state) => state.channels.get('account')?.standing ?? 'asked')
  return account === 'live' || account === 'asked' ? prices : account
}
