import { useMemo } from 'react'
import { useCalm } from '@/hooks/use-calm'
import { useInstruments } from '@/hooks/use-instruments'
import type { Terms } from '@/pages/trade/ticket/estimate'
import type { Means, Quotes } from '@/pages/trade/ticket/validate'
import { useStream } from '@/stream/store'
import { ZERO } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'

/** How often the ticket looks at the market: its figures are read, not watched. */
export const QUOTES_EVERY_MS = 250

/** What trading in a market costs; null while it is not known. */
export function useTerms(ticker: Ticker): Terms | null {
  const { data } = useInstruments()
  return useMemo(() => {
    const listed = data?.instruments.find((instrument) => instrument.ticker === ticker)
    return data && listed ? { ...listed, cash_step: data.cash_step } : null
  }, [data, ticker])
}

/** The best prices of a market, and its phase; trading until another is told. */
export function useQuotes(ticker: Ticker): Quotes & { readonly phase: string } {
  const glance = useCalm((state) => state.prices.get(ticker) ?? null, QUOTES_EVERY_MS)
  const bid = glance?.best_bid ?? null
  const ask = glance?.best_ask ?? null
  const phase = glance?.phase ?? 'continuous'
  return useMemo(() => ({ bid, ask, phase, trading: phase === 'continuous' }), [bid, ask, phase])
}

/** What the account can spend and sell; null for who is not signed in, or not known yet. */
export function useMeans(ticker: Ticker): Means | null {
  const balance = useStream((state) => state.own.balance)
  return useMemo(() => {
    if (!balance) return null
    const held = balance.holdings.find((holding) => holding.ticker === ticker)
    const quantity = held?.quantity ?? ZERO
    const free = quantity - (held?.locked ?? ZERO)
    return {
      buyingPower: balance.buying_power,
      held: quantity,
      free: (free > 0n ? free : 0n) as typeof ZERO,
    }
  }, [balance, ticker])
}
