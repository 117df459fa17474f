/** How many cards stand beside one another. */

const COLUMNS_MAX = 6
/** Columns at least, where they have room: a card or two do not fill the screen. */
const COLUMNS_FEW = 3
/** A narrower card does not hold its figures; in pixels, as the gap. */
export const CARD_MIN = 264
export const GAP = 12

/** As many columns as need the fewest rows, and of these so few that the last row is nearly full: five are 3 and 2. */
export function columnsFor(width: number, count: number): number {
  const fitting = Math.floor((width + GAP) / (CARD_MIN + GAP))
  const room = Math.min(COLUMNS_MAX, Math.max(1, fitting))
  const rows = Math.ceil(Math.max(1, count) / room)
  const balanced = Math.ceil(count / rows)
  return Math.max(balanced, Math.min(room, COLUMNS_FEW))
}
