/** How the markets are looked at, remembered in this browser. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'

type MarketsView = 'cards' | 'table'

interface MarketsLook {
  readonly view: MarketsView
  /** How many there were the last time: as many places are kept for them while they are on their way. */
  readonly count: number
  /** Whether somebody was signed in the last time: nobody is told what this is who knows it. */
  readonly known: boolean
}

export const useMarketsLook = create<MarketsLook>()(
  persist((): MarketsLook => ({ view: 'cards', count: 5, known: false }), { name: 'crossbook.markets' }),
)
