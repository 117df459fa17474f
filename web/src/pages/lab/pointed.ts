import { create } from 'zustand'

/** The agent that the pointer is on, in whichever list: its line is drawn stronger. */
export const usePointedAgent = create<{ readonly id: string | null }>(() => ({ id: null }))
