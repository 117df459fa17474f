import { useMemo } from 'react'
import { useStream } from '@/stream/store'
import { markOf } from '@/trading/valuation'
import { add, type Decimal, multiply } from '@/wire/decimal'

export interface Worth {
  readonly cash: Decimal
  readonly escrow: Decimal
  readonly buyingPower: Decimal
  /** Of all that is held, at its marks. */
  readonly holdings: Decimal
  readonly total: Decimal
}

/** What the account is worth at the newest prices: as the server counts it, without asking it. */
export function useWorth(): Worth | null {
  const balance = useStream((state) => state.own.balance)
  const prices = useStream((state) => state.prices)
  return useMemo(() => {
    if (!balance) return null
    let holdings = 0n as Decimal
    for (const { ticker, quantity } of balance.holdings) {
      const glance = prices.get(ticker)
      if (!glance) return null
      holdings = add(holdings, multiply(markOf(glance), quantity))
    }
    return {
      cash: balance.cash,
      escrow: balance.escrowed_cash,
      buyingPower: balance.buying_power,
      holdings,
      total: add(add(balance.cash, balance.escrowed_cash), holdings),
    }
  }, [balance, prices])
}
