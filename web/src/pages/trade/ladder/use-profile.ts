import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { NO_PROFILE, type RowVolume, volumeRows, withTrades } from '@/pages/trade/ladder/volume'
import { getTape } from '@/wire/api'
import type { Decimal } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Trade } from '@/wire/views'

/** Trades from before the page that are asked for: as many as the venue gives. */
const BEFORE_MAX = 1_000

/** What was traded in each row: lately before this page, and all that came since. */
export function useProfile(
  ticker: Ticker,
  tape: readonly Trade[],
  unit: Decimal,
): ReadonlyMap<bigint, RowVolume> {
  const { data: before } = useQuery({
    queryKey: ['tape', ticker, BEFORE_MAX],
    queryFn: ({ signal }) => getTape(ticker, BEFORE_MAX, signal),
    // The stream tells what comes after it.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const kept = useRef({ before, profile: NO_PROFILE })
  if (kept.current.before !== before) {
    kept.current = { before, profile: withTrades(NO_PROFILE, before ?? []) }
  }
  // Trades that were counted are left out, so that doing it again changes nothing.
  kept.current.profile = withTrades(kept.current.profile, tape)
  const { profile } = kept.current
  return useMemo(() => volumeRows(profile, unit), [profile, unit])
}
