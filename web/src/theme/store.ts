/** Theme and palette: the system's unless somebody chooses, and remembered in this browser. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export type Theme = 'system' | 'light' | 'dark'
export type Palette = 'green-red' | 'blue-orange'

interface Looks {
  readonly theme: Theme
  readonly palette: Palette
}

/** The name is read by `public/theme.js` too, before the first paint. */
export const useLooks = create<Looks>()(
  persist((): Looks => ({ theme: 'system', palette: 'green-red' }), { name: 'crossbook.looks' }),
)

function apply({ theme, palette }: Looks): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset.theme
  else dataset.theme = theme
  if (palette === 'green-red') delete dataset.palette
  else dataset.palette = palette
}

apply(useLooks.getState())
useLooks.subscribe(apply)

const dark = window.matchMedia('(prefers-color-scheme: dark)')

/** Call back whenever colours change, by choice or by the system. Returns how to stop. */
export function onColoursChanged(listener: () => void): () => void {
  const unsubscribe = useLooks.subscribe(listener)
  dark.addEventListener('change', listener)
  return () => {
    unsubscribe()
    dark.removeEventListener('change', listener)
  }
}

const COLOURS = [
  'bg',
  'panel',
  'raised',
  'well',
  'line',
  'line-strong',
  'text',
  'muted',
  'faint',
  'accent',
  'up',
  'up-soft',
  'down',
  'down-soft',
  'warn',
] as const
export type ColourName = (typeof COLOURS)[number]

/** The colours as they are now, for what is painted on a canvas: `rgb(…)` each. */
export function colours(): Readonly<Record<ColourName, string>> {
  const probe = document.createElement('i')
  probe.style.display = 'none'
  document.body.append(probe)
  const style = getComputedStyle(probe)
  const resolved = COLOURS.map((name) => {
    probe.style.color = `var(--${name})`
    return [name, style.color] as const
  })
  probe.remove()
  return Object.fromEntries(resolved) as Record<ColourName, string>
}

/** A colour of `colours` that lets what is behind it through: `part` from 0 to 1. */
export const translucent = (colour: string, part: number): string =>
  colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${part})`)
