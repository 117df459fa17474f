import { useMemo } from 'react'
import { usePortfolio } from '@/hooks/use-portfolio'
import { type Summary, summaryOf } from '@/pages/portfolio/summary'
import type { Standing } from '@/stream/state'
import { useStream } from '@/stream/store'

/** The account as it is now; null until the venue answered. */
export function useSummary(): { summary: Summary | null; error: unknown; retry: () => void } {
  const { data, error, refetch } = usePortfolio()
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
