import { useCalmly } from '@/stream/calmly'
import type { StreamState } from '@/stream/state'
import { useStream } from '@/stream/store'

/** A part of the stream's state, looked at no more often than every so many milliseconds. */
export const useCalm = <T>(select: (state: StreamState) => T, everyMs: number): T =>
  useCalmly(useStream, select, everyMs)
