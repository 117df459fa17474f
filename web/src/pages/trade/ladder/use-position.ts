import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useSession } from '@/session/store'
import { useStream } from '@/stream/store'
import { getPortfolio } from '@/wire/api'
import { type Decimal, multiply, subtract, ZERO } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'

export interface Position {
  /** Below zero where it is short. */
  readonly quantity: Decimal
  /** What was paid for each on average; null where that is not known. */
  readonly average: Decimal | null
  /** At the last price. */
  readonly open: Decimal | null
}

/** What is held of a market, and how it stands; null for who is not signed in. */
export function usePosition(ticker: Ticker): Position | null {
  const me = useSession((state) => state.me?.user_id)
  const held = useStream(
    (state) => state.own.balance?.holdings.find((one) => one.ticker === ticker)?.quantity,
  )
  const last = useStream(
    (state) => state.tapes.get(ticker)?.[0]?.price ?? state.prices.get(ticker)?.current_price,
  )
  const newestFill = useStream((state) => state.own.fills.find((fill) => fill.ticker === ticker)?.trade_id)
  const queries = useQueryClient()
  const { data } = useQuery({
    queryKey: ['portfolio', me],
    queryFn: ({ signal }) => getPortfolio(signal),
    enabled: me !== undefined,
  })
  // The average is the venue's to say, and every fill changes it.
  useEffect(() => {
    if (newestFill !== undefined) void queries.invalidateQueries({ queryKey: ['portfolio'] })
  }, [newestFill, queries])

  if (me === undefined) return null
  const quantity = held ?? ZERO
  const average = data?.holdings.find((one) => one.ticker === ticker)?.average_cost ?? null
  if (quantity === 0n || average === null) return { quantity, average: null, open: null }
  return { quantity, average, open: last === undefined ? null : multiply(subtract(last, average), quantity) }
}
