import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useSession } from '@/session/store'
import { useStream } from '@/stream/store'
import { getPortfolio } from '@/wire/api'

/** A burst of fills asks once. */
const SETTLE_MS = 400

/** What the account holds and what it cost, asked for again after each of its fills. */
export function usePortfolio() {
  const user = useSession((state) => state.me?.user_id ?? null)
  const queries = useQueryClient()
  const newest = useStream((state) => state.own.fills[0])
  const reconnects = useStream((state) => state.counts.reconnects)
  // What is asked for first is of now.
  const known = useRef({ newest, reconnects })
  useEffect(() => {
    if (known.current.newest === newest && known.current.reconnects === reconnects) return
    known.current = { newest, reconnects }
    const timer = setTimeout(
      () => void queries.invalidateQueries({ queryKey: ['portfolio', user] }),
      SETTLE_MS,
    )
    return () => clearTimeout(timer)
  }, [newest, reconnects, user, queries])
  return useQuery({
    queryKey: ['portfolio', user],
    queryFn: ({ signal }) => getPortfolio(signal),
    enabled: user !== null,
  })
}
