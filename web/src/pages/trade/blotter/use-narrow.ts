import { type RefObject, useEffect, useState } from 'react'

/** Below this a table of all columns would have to be scrolled sideways to be of use. */
const NARROW_PX = 620

/** Whether an element is narrow: the panel may be, in a wide window. */
export function useNarrow(element: RefObject<HTMLElement | null>): boolean {
  const [narrow, setNarrow] = useState(false)
  useEffect(() => {
    const watched = element.current
    if (!watched) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) setNarrow(entry.contentRect.width < NARROW_PX)
    })
    observer.observe(watched)
    return () => observer.disconnect()
  }, [element])
  return narrow
}
