import { useCallback, useEffect, useRef, useState } from 'react'
import { centredTop, clampTop, isOffCentre, type Span, topShowing } from '@/pages/trade/ladder/grid'

interface Options {
  readonly count: number
  /** The row that the market is about; null while that is not known. */
  readonly middle: bigint | null
  readonly autoCentre: boolean
  /** Rows do not move by themselves while this is on: somebody is about to click, or to press a key. */
  readonly held: boolean
}

export interface Scrolled {
  readonly span: Span
  readonly centre: () => void
  readonly scroll: (rows: number) => void
  readonly show: (row: bigint) => void
}

/** Which rows are in sight: scrolled by hand, and kept about the market where that is wanted. */
export function useSpan({ count, middle, autoCentre, held }: Options): Scrolled {
  const [top, setTop] = useState<bigint | null>(null)
  const before = useRef(count)

  useEffect(() => {
    if (middle === null || count === 0) return
    const grown = count - before.current
    before.current = count
    setTop((now) => {
      if (now === null) return centredTop(middle, count)
      // A panel that grows or shrinks keeps its middle.
      const kept = clampTop(now + BigInt(Math.trunc(grown / 2)), count)
      const off = autoCentre && !held && isOffCentre(middle, { top: kept, count })
      return off ? centredTop(middle, count) : kept
    })
  }, [middle, count, autoCentre, held])

  const newest = useRef({ middle, count })
  newest.current = { middle, count }
  const centre = useCallback(() => {
    const now = newest.current
    if (now.middle !== null) setTop(centredTop(now.middle, now.count))
  }, [])
  const scroll = useCallback((rows: number) => {
    setTop((now) => (now === null ? now : clampTop(now - BigInt(rows), newest.current.count)))
  }, [])
  const show = useCallback((row: bigint) => {
    setTop((now) => (now === null ? now : topShowing(row, { top: now, count: newest.current.count })))
  }, [])
  return { span: { top: top ?? BigInt(count), count: top === null ? 0 : count }, centre, scroll, show }
}
