/** What nobody can read sixty times a second, such as lists and charts, whose painting costs more than a figure's: of any store. */
import { useEffect, useRef, useState } from 'react'

interface Store<State> {
  readonly getState: () => State
  readonly subscribe: (listener: () => void) => () => void
}

/** Call back when a store has changed, at once, and then no more often than every so many milliseconds. */
export function calmly<State>(
  store: Store<State>,
  listener: (state: State) => void,
  everyMs: number,
): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  let last = Number.NEGATIVE_INFINITY
  const tell = () => {
    timer = null
    last = performance.now()
    listener(store.getState())
  }
  const unsubscribe = store.subscribe(() => {
    if (timer !== null) return
    const wait = last + everyMs - performance.now()
    if (wait <= 0) tell()
    else timer = setTimeout(tell, wait)
  })
  return () => {
    unsubscribe()
    if (timer !== null) clearTimeout(timer)
  }
}

/** A part of a store's state, looked at no more often than every so many milliseconds. */
export function useCalmly<State, T>(store: Store<State>, select: (state: State) => T, everyMs: number): T {
  const chosen = useRef(select)
  chosen.current = select
  const [value, show] = useState(() => select(store.getState()))
  useEffect(() => {
    const look = (state: State) => show(() => chosen.current(state))
    look(store.getState())
    return calmly(store, look, everyMs)
  }, [store, everyMs])
  return value
}
