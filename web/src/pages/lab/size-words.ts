/** Sizes of a market as they stand under one another: with the places of its lot, or short where that is long. */
import { formatShort, formatStep } from '@/format/numbers'
import { type Decimal, toNumber } from '@/wire/decimal'

/** Longer ones are shortened; where they stand the hint has all digits. */
const CHARACTERS_MAX = 10

export function sizeWords(size: Decimal, lot: Decimal): string {
  const text = formatStep(size, lot)
  return text.length > CHARACTERS_MAX ? formatShort(toNumber(size)) : text
}
