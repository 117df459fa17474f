/** How somebody left the blotter, remembered in this browser. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export const TABS = ['open', 'history', 'fills', 'positions', 'news'] as const
export type TabName = (typeof TABS)[number]

interface Habits {
  readonly tab: TabName
  /** Whether only the market is listed that the page shows. */
  readonly onlyHere: boolean
}

export const useHabits = create<Habits>()(
  persist((): Habits => ({ tab: 'open', onlyHere: false }), {
    name: 'crossbook.blotter',
    // What an older or later version kept may name a tab that is not there.
    merge: (kept, now) => {
      const found = (kept ?? {}) as Partial<Habits>
      return {
        tab: TABS.find((tab) => tab === found.tab) ?? now.tab,
        onlyHere: found.onlyHere === true,
      }
    },
  }),
)
