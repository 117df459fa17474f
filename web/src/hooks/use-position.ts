import { useGlance } from '@/hooks/use-channels'
import { usePortfolio } from '@/hooks/use-portfolio'
import { useSession } from '@/session/store'
import { useStream } from '@/stream/store'
import { heldOf, type Position, positionOf } from '@/trading/valuation'
import type { Ticker } from '@/wire/reading'

/** What is held of a market and how it stands at the newest prices; null for who is not signed in. */
export function usePosition(ticker: Ticker): Position | null {
  const signedIn = useSession((state) => state.me !== null)
  const balance = useStream((state) => state.own.balance)
  const glance = useGlance(ticker)
  const { data } = usePortfolio()
  if (!signedIn) return null
  const told = data?.holdings.find((one) => one.ticker === ticker)
  return positionOf(told, heldOf(ticker, told, balance), glance)
}
