/** Where the panels of the trading page stand, as it was left in this browser. */
import type { SerializedDockview } from 'dockview-react'

/** Another number where the panels became others. */
const NAME = 'crossbook.layout.1'

const listeners = new Set<() => void>()

export function keptLayout(): SerializedDockview | null {
  try {
    const text = localStorage.getItem(NAME)
    return text === null ? null : (JSON.parse(text) as SerializedDockview)
  } catch {
    return null
  }
}

export function keepLayout(layout: SerializedDockview): void {
  try {
    localStorage.setItem(NAME, JSON.stringify(layout))
  } catch {
    // Storage that is full or shut: the layout is not remembered, and nothing else is lost.
  }
}

export function onLayoutReset(listener: () => void): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** Put everything back where it was at first. */
export function resetLayout(): void {
  for (const listener of listeners) listener()
}
