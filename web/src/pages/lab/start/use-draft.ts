/** What somebody is about to start: kept while he looks at another part of the page. */
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { create } from 'zustand'
import { getPresets, type Preset } from '@/lab/api'

export interface Draft {
  /** The preset that it began with; null for a file of one's own. */
  readonly preset: string | null
  readonly text: string
  /** Whether the text is another one than the preset's. */
  readonly touched: boolean
  readonly seed: string
}

/** One that lives is started from here, and one that is made as fast as it goes from elsewhere. */
export const createDraft = () => create<Draft>(() => ({ preset: null, text: '', touched: false, seed: '' }))

const FIRST = 'default'

/** The presets, the one to begin with first. */
export const usePresets = () =>
  useQuery({
    queryKey: ['lab presets'],
    queryFn: async ({ signal }) =>
      (await getPresets(signal)).toSorted((a, b) => Number(b.name === FIRST) - Number(a.name === FIRST)),
    staleTime: 60_000,
  })

type DraftStore = ReturnType<typeof createDraft>

export function choosePreset(store: DraftStore, preset: Preset | null): void {
  store.setState(
    preset ? { preset: preset.name, text: preset.config, touched: false } : { preset: null, touched: true },
  )
}

/** Begin with the first preset. */
export function useFirstPreset(store: DraftStore, presets: readonly Preset[] | undefined): void {
  useEffect(() => {
    const { preset, text } = store.getState()
    const first = presets?.[0]
    if (first && preset === null && text === '') choosePreset(store, first)
  }, [store, presets])
}

/** What the draft is in a request: the preset by name as long as nobody changed it. */
export function wantedOf({ preset, text, touched, seed }: Draft) {
  return {
    ...(preset !== null && !touched ? { preset } : { config: text }),
    ...(seed.trim() === '' ? {} : { seed: Number(seed) }),
  }
}

/** What is wrong with a seed that was typed. */
export const seedMistake = (seed: string): string | null =>
  seed.trim() === '' || (/^\d+$/.test(seed.trim()) && Number.isSafeInteger(Number(seed)))
    ? null
    : 'A whole number, or nothing.'
