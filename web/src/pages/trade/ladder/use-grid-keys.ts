import { type KeyboardEvent, useEffect, useRef } from 'react'
import { type ShortcutGroup, useShortcutGroups } from '@/keyboard/shortcuts'
import type { Side } from '@/wire/reading'

/** How soon after `g` a key is the second of two. */
const SEQUENCE_MS = 1_000

const nothing = () => undefined

/** What the shortcuts' list says of the keys that work in the rows; they are taken there and not everywhere. */
const IN_ROWS: ShortcutGroup = {
  title: 'Ladder, in its rows',
  shortcuts: [
    { keys: 'ArrowUp', label: 'Row above', run: nothing },
    { keys: 'ArrowDown', label: 'Row below', run: nothing },
    { keys: 'Home', label: 'Row in the middle of the market', run: nothing },
    { keys: 'b', label: 'Buy at the row', run: nothing },
    { keys: 's', label: 'Sell at the row', run: nothing },
    { keys: 'Shift+b', label: 'Buy at once, up to the row’s price', run: nothing },
    { keys: 'Shift+s', label: 'Sell at once, down to the row’s price', run: nothing },
    { keys: 'Enter', label: 'Take the row’s price into the order', run: nothing },
    { keys: 'x', label: 'Cancel your orders at the row', run: nothing },
    { keys: 'm', label: 'Take up your orders, and set them down', run: nothing },
  ],
}

export interface GridKeys {
  readonly step: (rows: number) => void
  readonly page: (pages: number) => void
  readonly home: () => void
  readonly aim: (side: Side, immediate: boolean) => void
  readonly pick: () => void
  readonly cancel: () => void
  readonly move: () => void
}

/** The keys of the rows, while they have the focus. */
export function useGridKeys(keys: GridKeys): (event: KeyboardEvent) => void {
  const wentAt = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    useShortcutGroups.setState(({ groups }) => ({ groups: [...groups, IN_ROWS] }))
    return () =>
      useShortcutGroups.setState(({ groups }) => ({ groups: groups.filter((group) => group !== IN_ROWS) }))
  }, [])

  const actions: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowUp: () => keys.step(1),
    ArrowDown: () => keys.step(-1),
    PageUp: () => keys.page(1),
    PageDown: () => keys.page(-1),
    Home: keys.home,
    b: (event) => keys.aim('buy', event.shiftKey),
    s: (event) => keys.aim('sell', event.shiftKey),
    Enter: keys.pick,
    x: keys.cancel,
    Delete: keys.cancel,
    m: keys.move,
  }
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    // `g s` goes to another page: it must not sell on its way.
    const second = event.timeStamp - wentAt.current < SEQUENCE_MS
    wentAt.current = key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
    const run = Object.hasOwn(actions, key) ? actions[key] : undefined
    if (!run || second || (event.repeat && key.length === 1)) return
    event.preventDefault()
    event.stopPropagation()
    run(event)
  }
}
