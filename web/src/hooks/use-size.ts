import { useCallback, useState } from 'react'

export interface Size {
  readonly width: number
  readonly height: number
}

const NOTHING: Size = { width: 0, height: 0 }

/** The size of an element, as it changes; nothing until it was measured. */
export function useSize<T extends Element>(): [(element: T | null) => (() => void) | undefined, Size] {
  const [size, setSize] = useState<Size>(NOTHING)
  const measure = useCallback((element: T | null) => {
    if (!element) return undefined
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return
      const { width, height } = entry.contentRect
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [measure, size]
}
