/** The market that was last looked at in this browser: the trading page opens there. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export const useLastMarket = create<{ readonly ticker: string | null }>()(
  persist((): { ticker: string | null } => ({ ticker: null }), { name: 'crossbook.market' }),
)
