/** Keyboard shortcuts: who is on the page says which there are, and `?` shows them. */
import { useEffect, useRef } from 'react'
import { tinykeys } from 'tinykeys'
import { create } from 'zustand'
import { isFocusByKeyboard } from '@/keyboard/focus-source'

export interface Shortcut {
  /** As tinykeys writes them: `?`, `Escape`, `$mod+k`, `g m` one after the other. */
  readonly keys: string
  /** What it does: a verb first. */
  readonly label: string
  readonly run: (event: KeyboardEvent) => void
  /** Whether it works while somebody types into a field. */
  readonly whileTyping?: boolean
  /** A selector of what keeps the key for itself where the keyboard went to it: a button that Space presses. */
  readonly notOn?: string
}

export interface ShortcutGroup {
  readonly title: string
  readonly shortcuts: readonly Shortcut[]
}

/** The groups of what is on the page now, oldest first. */
export const useShortcutGroups = create<{ readonly groups: readonly ShortcutGroup[] }>(() => ({ groups: [] }))

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input, textarea, select, [role="combobox"], [role="listbox"]'))
  )
}

const isOn = ({ target }: KeyboardEvent, selector: string): boolean =>
  target instanceof Element && target.matches(selector)

/** A dialog or a menu that is open takes the keys. */
const isCovered = (): boolean =>
  document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]') !== null

/** Have shortcuts as long as the component is there. Their functions may change from render to render. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const newest = useRef(shortcuts)
  newest.current = shortcuts
  const identity = shortcuts.map((shortcut) => `${shortcut.keys}\t${shortcut.label}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the identity says whether they are others
  useEffect(() => {
    const group = { title, shortcuts: newest.current }
    const bindings: Record<string, (event: KeyboardEvent) => void> = {}
    for (const [place, shortcut] of newest.current.entries()) {
      bindings[shortcut.keys] = (event) => {
        // A dialog that Escape closes is gone when the key arrives here, but has said that the key was its own.
        if (event.defaultPrevented || isCovered() || (isTyping(event) && !shortcut.whileTyping)) return
        if (shortcut.notOn && isFocusByKeyboard() && isOn(event, shortcut.notOn)) return
        event.preventDefault()
        newest.current[place]?.run(event)
      }
    }
    const unbind = tinykeys(window, bindings)
    useShortcutGroups.setState(({ groups }) => ({ groups: [...groups, group] }))
    return () => {
      unbind()
      useShortcutGroups.setState(({ groups }) => ({ groups: groups.filter((other) => other !== group) }))
    }
  }, [title, identity])
}

const NAMES: Readonly<Record<string, string>> = {
  $mod: /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ' ': 'Space',
}

/** Letters stand on caps as capitals; words such as Enter as they are. */
const capOf = (key: string): string => (key.length === 1 ? key.toUpperCase() : key)

/** The caps to press, in order: [['g'], ['m']] or [['Ctrl', 'k']]. */
export function capsOf(keys: string): string[][] {
  return keys
    .split(' ')
    .map((press) =>
      press.split(/\b\+/).map((key) => NAMES[key] ?? capOf(key.replace(/^(Digit|Key)(?=.$)/, ''))),
    )
}
