import { usePortfolio } from '@/hooks/use-portfolio'
import { useSession } from '@/session/store'
import { useStream } from '@/stream/store'
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
  // The average is the venue's to say.
  const { data } = usePortfolio()

  if (me === undefined) return null
  const quantity = held ?? ZERO
  const average = data?.holdings.find((one) => one.ticker === ticker)?.average_cost ?? null
  if (quantity === 0n || average === null) return { quantity, average: null, open: null }
  return { quantity, average, open: last === undefined ? null : multiply(subtract(last, average), quantity) }
}
