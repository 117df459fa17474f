import { createContext, use } from 'react'
import { asTicker, type Ticker } from '@/wire/reading'

/** The market that the trading page shows. */
export const MarketContext = createContext<Ticker>(asTicker(''))

export const useMarket = (): Ticker => use(MarketContext)
