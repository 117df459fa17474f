import { type PointerEvent, useCallback, useEffect, useRef, useState } from 'react'
import { announce } from '@/components/announcer'
import type { Side } from '@/wire/reading'

/** A press that goes further than this is a drag, in pixels. */
const SLACK = 4

/** Own orders of a row that somebody is taking elsewhere. */
export interface Moving {
  readonly side: Side
  readonly from: bigint
  readonly to: bigint
  /** With the cursor, not with the pointer. */
  readonly byKeys: boolean
}

interface Press {
  readonly side: Side
  readonly row: bigint
  readonly pointer: number
  readonly y: number
  dragged: boolean
}

interface Options {
  readonly rowAt: (clientY: number) => bigint
  readonly canMove: () => boolean
  readonly onMove: (side: Side, from: bigint, to: bigint) => void
  /** Pressed and let go where it was. */
  readonly onPress: (side: Side, row: bigint) => void
  /** Left where it was. */
  readonly onAbort: (moving: Moving) => void
}

/** Taking own orders from row to row: with the pointer, or with the keyboard. Escape leaves them where they are. */
export function useMoving(options: Options) {
  const [moving, setMoving] = useState<Moving | null>(null)
  const press = useRef<Press | null>(null)
  const newest = useRef(options)
  newest.current = options

  const abort = useCallback(() => {
    press.current = null
    setMoving(null)
  }, [])
  useEffect(() => {
    if (moving === null) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      // Escape cancels all orders otherwise; here it only lets go.
      event.stopImmediatePropagation()
      event.preventDefault()
      abort()
      newest.current.onAbort(moving)
      announce('Left where it was')
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [moving, abort])

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const chip = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-own]') : null
    if (!chip || event.button !== 0 || !newest.current.canMove()) return
    event.currentTarget.setPointerCapture(event.pointerId)
    press.current = {
      side: chip.dataset.own === 'buy' ? 'buy' : 'sell',
      row: newest.current.rowAt(event.clientY),
      pointer: event.pointerId,
      y: event.clientY,
      dragged: false,
    }
  }
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const now = press.current
    if (!now || event.pointerId !== now.pointer) return
    if (!now.dragged && Math.abs(event.clientY - now.y) <= SLACK) return
    now.dragged = true
    const to = newest.current.rowAt(event.clientY)
    setMoving((before) => (before?.to === to ? before : { side: now.side, from: now.row, to, byKeys: false }))
  }
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const now = press.current
    if (!now || event.pointerId !== now.pointer) return
    abort()
    const to = newest.current.rowAt(event.clientY)
    if (!now.dragged) newest.current.onPress(now.side, now.row)
    else if (to !== now.row) newest.current.onMove(now.side, now.row, to)
  }
  return {
    moving,
    abort,
    /** Take up the orders of a row with the keyboard, or set down what was taken up. */
    takeUp: (side: Side, row: bigint) => setMoving({ side, from: row, to: row, byKeys: true }),
    carryTo: (row: bigint) => setMoving((before) => (before?.byKeys ? { ...before, to: row } : before)),
    setDown: () => {
      setMoving(null)
      if (moving && moving.to !== moving.from) options.onMove(moving.side, moving.from, moving.to)
    },
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: abort },
  }
}
