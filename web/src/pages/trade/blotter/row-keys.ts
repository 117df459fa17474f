/** The keyboard in the rows of open orders: up and down from row to row, Delete cancels. */
import type { KeyboardEvent } from 'react'

interface Spot {
  readonly orderId: string
  readonly cell: string
  readonly row: HTMLElement
}

function spotOf(target: EventTarget): Spot | null {
  if (!(target instanceof HTMLElement) || target.matches('input')) return null
  const row = target.closest<HTMLElement>('[role="row"]')
  const named = row?.querySelector<HTMLElement>('[data-order]')
  const orderId = named?.dataset.order
  if (!row || orderId === undefined) return null
  return { orderId, row, cell: target.dataset.cell ?? named?.dataset.cell ?? '' }
}

/** The same cell of the row above or below, as far as it is in the page. */
function neighbour({ row, cell }: Spot, by: 1 | -1): HTMLElement | null {
  const place = Number(row.getAttribute('aria-rowindex')) + by
  const next = row.parentElement?.querySelector(`[role="row"][aria-rowindex="${place}"]`)
  return (
    next?.querySelector<HTMLElement>(`[data-cell="${cell}"]`) ??
    next?.querySelector<HTMLElement>('[data-cell]') ??
    null
  )
}

/** Handle a key; `cancel` is asked for with the number of the order, and told where the keyboard goes next. */
export function pressInRows(event: KeyboardEvent, cancel: (orderId: string) => void): void {
  const spot = spotOf(event.target)
  if (!spot) return
  if (event.key === 'Delete' || event.key === 'Backspace') {
    event.preventDefault()
    event.stopPropagation()
    // The row goes away, and what had the keyboard with it.
    const next = neighbour(spot, 1) ?? neighbour(spot, -1)
    next?.focus()
    cancel(spot.orderId)
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const next = neighbour(spot, event.key === 'ArrowDown' ? 1 : -1)
    if (!next) return
    event.preventDefault()
    next.focus()
    next.scrollIntoView({ block: 'nearest' })
  }
}
