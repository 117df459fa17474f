/** The stream for what nobody can read sixty times a second. */
import { calmly } from '@/stream/calmly'
import type { StreamState } from '@/stream/state'
import { useStream } from '@/stream/store'

/** Call back when the state has changed, at once, and then no more often than every so many milliseconds. */
export const subscribeCalmly = (listener: (state: StreamState) => void, everyMs: number): (() => void) =>
  calmly(useStream, listener, everyMs)
