/** What the venue takes as the label of an API key, in words. */

const LABEL_LENGTH_MAX = 64

/** What is wrong with a label; null where it may stand, as an empty one may. */
export function labelMistake(label: string): string | null {
  if (label.length > LABEL_LENGTH_MAX) return `Use at most ${LABEL_LENGTH_MAX} characters.`
  if (!/^[A-Za-z0-9 ._:/@+-]*$/.test(label))
    return 'Use letters a to z, digits, spaces and . _ : / @ + - only.'
  return null
}
