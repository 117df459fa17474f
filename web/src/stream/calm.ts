/**
 * The stream for what nobody can read sixty times a second: lists and charts, whose painting costs more than a figure's.
 */
import type { StreamState } from '@/stream/state'
import { useStream } from '@/stream/store'

/** Call back when the state has changed, at once, and then no more often than every so many milliseconds. */
export function subscribeCalmly(listener: (state: StreamState) => void, everyMs: number): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  let last = Number.NEGATIVE_INFINITY
  const tell = () => {
    timer = null
    last = performance.now()
    listener(useStream.getState())
  }
  const unsubscribe = useStream.subscribe(() => {
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
