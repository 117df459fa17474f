import { useEffect, useRef } from 'react'
import { type Shortcut, useShortcuts } from '@/keyboard/shortcuts'
import { sizeKeys } from '@/pages/trade/ladder/size-keys'
import { chooseSize, useSizes } from '@/trading/sizes'

interface LadderKeys {
  readonly centre: () => void
  readonly focus: () => void
  readonly flatten: () => void
  readonly reverse: () => void
  /** Escape: only what was meant for the ladder comes here. */
  readonly cancelAll: () => void
}

/** The ladder's keys that work wherever the focus is, as long as nobody types. */
export function useLadderKeys({ centre, focus, flatten, reverse, cancelAll }: LadderKeys): void {
  const presets = useSizes((state) => state.presets)
  const covered = useRef(false)
  useEffect(() => {
    // An Escape that closes a menu or a dialog has closed it before the shortcuts see it: they would cancel orders too.
    const look = () => {
      covered.current =
        document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]') !==
        null
    }
    window.addEventListener('keydown', look, { capture: true })
    return () => window.removeEventListener('keydown', look, { capture: true })
  }, [])
  const sizes = sizeKeys(presets).map(
    ({ key, preset }): Shortcut => ({
      keys: key,
      label: `Choose size ${preset}`,
      run: () => chooseSize(preset),
    }),
  )
  useShortcuts('Ladder', [
    { keys: 'l', label: 'Go into the rows', run: focus },
    { keys: 'c', label: 'Centre on the market', run: centre },
    { keys: 'f', label: 'Flatten the position', run: flatten },
    { keys: 'r', label: 'Reverse the position', run: reverse },
    { keys: 'Escape', label: 'Cancel all orders of the market', run: () => covered.current || cancelAll() },
    ...sizes,
  ])
}
