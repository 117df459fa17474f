import { type RefObject, useLayoutEffect, useRef } from 'react'

const LASTS_MS = 320

/**
 * Have the rows of a table glide to their new places when their order changes. A row is known by its `data-flip`.
 *
 * Places are measured within the table, so that scrolling is no change of place.
 */
export function useFlip(body: RefObject<HTMLElement | null>, order: string): void {
  const tops = useRef<ReadonlyMap<string, number>>(new Map())
  // biome-ignore lint/correctness/useExhaustiveDependencies: the order says when to look again
  useLayoutEffect(() => {
    const rows = [...(body.current?.querySelectorAll<HTMLElement>('[data-flip]') ?? [])]
    const before = tops.current
    tops.current = new Map(rows.map((row) => [row.dataset.flip ?? '', row.offsetTop]))
    if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return
    for (const row of rows) {
      const top = before.get(row.dataset.flip ?? '')
      if (top === undefined || top === row.offsetTop) continue
      row.animate([{ transform: `translateY(${top - row.offsetTop}px)` }, { transform: 'none' }], {
        duration: LASTS_MS,
        easing: 'cubic-bezier(0.2, 0, 0, 1)',
      })
    }
  }, [body, order])
}
