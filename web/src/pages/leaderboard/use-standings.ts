import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type LeaderHistory, standingsOf } from '@/pages/leaderboard/standings'
import { useSession } from '@/session/store'
import { getLeaderboard, getLeaderHistory } from '@/wire/api'
import { RequestError } from '@/wire/rest'

const AGAIN_MS = 3_000
const HISTORY_AGAIN_MS = 60_000
const NO_HISTORY: LeaderHistory = {}

async function fetchHistory(hours: number, signal: AbortSignal): Promise<LeaderHistory> {
  try {
    return await getLeaderHistory(hours, signal)
  } catch (error) {
    // A venue that keeps no history shows the leaderboard without it.
    if (error instanceof RequestError && error.status === 404) return NO_HISTORY
    throw error
  }
}

/** The leaderboard as it is now, with what changed within some hours. */
export function useStandings(hours: number) {
  const me = useSession((state) => state.me?.user_id ?? null)
  const now = useQuery({
    queryKey: ['leaderboard', me],
    queryFn: ({ signal }) => getLeaderboard(signal),
    refetchInterval: AGAIN_MS,
  })
  const past = useQuery({
    queryKey: ['leaderboard-history', me, hours],
    queryFn: ({ signal }) => fetchHistory(hours, signal),
    refetchInterval: HISTORY_AGAIN_MS,
    placeholderData: keepPreviousData,
  })
  const { data } = now
  const history = past.data ?? NO_HISTORY
  const standings = useMemo(
    () => (data ? standingsOf(data.leaderboard, data.own, history, me) : null),
    [data, history, me],
  )
  return {
    standings,
    /** Of the first time alone; later ones leave what is there. */
    error: data ? null : now.error,
    /** Whether what is shown is from before the venue was lost. */
    isStale: data !== undefined && now.isError,
    /** Whether a range's history is on its way and another's is shown. */
    isOther: past.isPlaceholderData,
    retry: () => void now.refetch(),
  }
}
