import { useEffect, useRef, useState } from 'react'
import { subscribeCalmly } from '@/stream/calm'
import type { StreamState } from '@/stream/state'
import { useStream } from '@/stream/store'

/** A part of the stream's state, looked at no more often than every so many milliseconds. */
export function useCalm<T>(select: (state: StreamState) => T, everyMs: number): T {
  const newest = useRef(select)
  newest.current = select
  const [value, show] = useState(() => select(useStream.getState()))
  useEffect(() => {
    const look = (state: StreamState) => show(() => newest.current(state))
    look(useStream.getState())
    return subscribeCalmly(look, everyMs)
  }, [everyMs])
  return value
}
