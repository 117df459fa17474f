import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { useNow } from '@/hooks/use-now'
import { inRange, joined, RANGE_MS, type Range, type Sample, withSeen } from '@/pages/portfolio/equity'
import { type EquityPoint, getEquity } from '@/wire/api'
import type { Decimal } from '@/wire/decimal'

/** Pages of samples at most: three weeks of one a minute. */
const PAGES_MAX = 30
const AGAIN_MS = 60_000

/** The venue gives the newest samples first, a page at a time: go back until the range is whole. */
async function fetchEquity(range: Range, signal: AbortSignal): Promise<readonly Sample[]> {
  const span = RANGE_MS[range]
  const start = span === null ? undefined : Math.floor(Date.now() - span)
  const pages: EquityPoint[][] = []
  let end: number | undefined
  while (pages.length < PAGES_MAX) {
    const page = await getEquity(
      { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) },
      signal,
    )
    const [first] = page
    if (!first) break
    pages.unshift(page)
    end = first.timestamp
    if (start !== undefined && end <= start) break
  }
  return pages.flat()
}

const NONE: readonly Sample[] = []

/** The equity curve of a range up to this moment, oldest first. */
export function useEquity(user: string, range: Range, total: Decimal | null) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['equity', user, range],
    queryFn: ({ signal }) => fetchEquity(range, signal),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  })
  const now = useNow(1_000)
  const seen = useRef<readonly Sample[]>(NONE)
  if (total !== null) seen.current = withSeen(seen.current, { timestamp: now, total_value: total })
  const newest = seen.current
  const samples = useMemo(() => inRange(joined(data ?? NONE, newest), range, now), [data, newest, range, now])
  return { samples, error: data ? null : error, isPending, retry: () => void refetch() }
}
