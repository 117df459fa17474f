/** A band of prices as it is typed, and what is wrong with it. */
import { formatExact } from '@/format/numbers'
import { type Decimal, isMultiple, parseDecimal, toText } from '@/wire/decimal'

export interface TypedBand {
  readonly low: string
  readonly high: string
}

/** What the venue is sent; a side that is left out has no bound. */
export interface Band {
  readonly low?: string
  readonly high?: string
}

export interface BandMistakes {
  readonly low: string | null
  readonly high: string | null
}

function boundOf(text: string, step: Decimal): { value: Decimal | null; mistake: string | null } {
  if (text.trim() === '') return { value: null, mistake: null }
  const value = parseDecimal(text)
  if (value === null) return { value, mistake: 'Enter a price.' }
  if (value <= 0n) return { value, mistake: 'A price is above zero.' }
  if (!isMultiple(value, step)) return { value, mistake: `Must be a multiple of ${formatExact(step)}.` }
  return { value, mistake: null }
}

/** Read a band; null where something is wrong with it. */
export function readBand(typed: TypedBand, step: Decimal): { band: Band | null; mistakes: BandMistakes } {
  const low = boundOf(typed.low, step)
  const high = boundOf(typed.high, step)
  const reversed = low.value !== null && high.value !== null && low.value > high.value
  const mistakes = {
    low: low.mistake,
    high: high.mistake ?? (reversed && !low.mistake ? 'Must not be below the lowest price.' : null),
  }
  if (mistakes.low || mistakes.high) return { band: null, mistakes }
  return {
    mistakes,
    band: {
      ...(low.value === null ? {} : { low: toText(low.value) }),
      ...(high.value === null ? {} : { high: toText(high.value) }),
    },
  }
}
