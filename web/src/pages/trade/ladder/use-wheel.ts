import { type RefObject, useEffect } from 'react'
import { wheelRows } from '@/pages/trade/ladder/grid'

/** A line of the wheel's older unit, in pixels. */
const LINE = 16

/** Scroll by whole rows with the wheel, or with a finger. */
export function useWheel(
  box: RefObject<HTMLElement | null>,
  rowHeight: number,
  scroll: (rows: number) => void,
): void {
  useEffect(() => {
    const element = box.current
    if (!element) return
    let left = 0
    let finger: number | null = null
    const turn = (pixels: number) => {
      const turned = wheelRows(left, pixels, rowHeight)
      left = turned.left
      if (turned.rows !== 0) scroll(turned.rows)
    }
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey) return
      event.preventDefault()
      turn(event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE : event.deltaY)
    }
    const onStart = (event: TouchEvent) => {
      const on = event.target instanceof Element ? event.target.closest('[data-own]') : null
      finger = on ? null : (event.touches[0]?.clientY ?? null)
      left = 0
    }
    const onMove = (event: TouchEvent) => {
      const y = event.touches[0]?.clientY
      if (finger === null || y === undefined) return
      turn(finger - y)
      finger = y
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    element.addEventListener('touchstart', onStart, { passive: true })
    element.addEventListener('touchmove', onMove, { passive: true })
    return () => {
      element.removeEventListener('wheel', onWheel)
      element.removeEventListener('touchstart', onStart)
      element.removeEventListener('touchmove', onMove)
    }
  }, [box, rowHeight, scroll])
}
