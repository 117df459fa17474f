/**
 * How the focus came to where it is. A button that was clicked keeps the focus, but whoever presses Space then seldom
 * means the button; whoever came to it with the keyboard does.
 */

let byKeyboard = false

window.addEventListener('pointerdown', () => (byKeyboard = false), true)
window.addEventListener(
  'keydown',
  ({ key }) => {
    if (key === 'Tab' || key.startsWith('Arrow') || key === 'Home' || key === 'End') byKeyboard = true
  },
  true,
)

/** Whether the last move of the focus was by the keyboard. */
export const isFocusByKeyboard = (): boolean => byKeyboard
