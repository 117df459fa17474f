/** How somebody likes the ticket, remembered in this browser. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'

interface Habits {
  /** Whether an order is shown once more before it is sent. */
  readonly ask: boolean
  /** Whether the rarer options are in sight. */
  readonly more: boolean
}

export const useHabits = create<Habits>()(
  persist((): Habits => ({ ask: false, more: false }), { name: 'crossbook.ticket' }),
)
