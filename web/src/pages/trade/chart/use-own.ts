import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { allFills, type FillMark, groupsOf, linesOf, marksOf, type OrderLine } from '@/pages/trade/chart/own'
import { useSession } from '@/session/store'
import { useStream } from '@/stream/store'
import { getFills, type Interval } from '@/wire/api'
import type { Decimal } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Order } from '@/wire/views'

/** Fills of the history that are marked. */
const PAST_FILLS = 500

/** Own fills in a market, candle by candle; none for a visitor. */
export function useMarks(ticker: Ticker, interval: Interval): readonly FillMark[] {
  const user = useSession((state) => state.me?.user_id ?? null)
  // Fills while the connection was away are in the history alone.
  const reconnects = useStream((state) => state.counts.reconnects)
  const live = useStream((state) => state.own.fills)
  const { data: past } = useQuery({
    queryKey: ['chart fills', user, ticker, reconnects],
    queryFn: ({ signal }) => getFills({ ticker, limit: PAST_FILLS }, signal),
    enabled: user !== null,
    placeholderData: keepPreviousData,
  })
  return useMemo(() => {
    if (user === null) return []
    const mine = live.filter((fill) => fill.ticker === ticker)
    return marksOf(allFills(past ?? [], mine), interval)
  }, [user, past, live, ticker, interval])
}

/** A price to four digits. */
function nearTo(price: Decimal | null): Decimal | null {
  if (price === null || price <= 0n) return null
  const unit = 10n ** BigInt(Math.max(0, price.toString().length - 4))
  return ((price / unit) * unit) as Decimal
}

/** Own working orders in a market, as lines. */
export function useOrderLines(ticker: Ticker): readonly OrderLine[] {
  const open = useStream((state) => state.own.open)
  // Every tick would choose anew, and hardly ever others.
  const near = useStream((state) => nearTo(state.prices.get(ticker)?.current_price ?? null))
  const groups = useMemo(() => {
    const here: Order[] = []
    for (const order of open.values()) if (order.ticker === ticker) here.push(order)
    return groupsOf(here)
  }, [open, ticker])
  return useMemo(() => linesOf(groups, near), [groups, near])
}
