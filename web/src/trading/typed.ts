/** Prices and quantities that somebody typed or pasted, read; or what is wrong with them, in words. */
import { formatExact, formatStep } from '@/format/numbers'
import { type Decimal, isMultiple, ofSteps, parseDecimal, stepsIn } from '@/wire/decimal'

/** The largest order, in quantity steps: `MAX_ORDER_LOTS` of the core. */
export const STEPS_MAX = 2n ** 40n - 1n

export interface Mistake {
  readonly words: string
  /** Whether nothing stands in the field: no mistake before the order is to be sent. */
  readonly empty?: boolean
  /** What would be right. */
  readonly instead?: { readonly label: string; readonly value: Decimal }
}

/** The nearest step, and no less than one. */
export function nearestStep(value: Decimal, step: Decimal): Decimal {
  const steps = stepsIn((value + step / 2n) as Decimal, step)
  return ofSteps(steps > 1n ? steps : 1n, step)
}

/** Marks that nobody sees: directions of writing, joiners, a byte order mark. They come along when text is pasted. */
const UNSEEN = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
const OTHER_DIGITS = /[^\P{Nd}0-9]/u
const DECIMAL_LIKE = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const STEPS_OF_PRICE_MAX = 2n ** 40n

export type Read<T> = { readonly value: T } | { readonly mistake: Mistake }

/** Read what somebody typed or pasted as a number; what cannot be seen in it does not count. */
export function readNumber(text: string): Read<Decimal> {
  const seen = text.replace(UNSEEN, '').trim()
  if (seen === '') return { mistake: { words: 'This is empty.', empty: true } }
  const value = parseDecimal(seen)
  if (value !== null) return { value }
  return { mistake: { words: whyNoNumber(seen) } }
}

function whyNoNumber(seen: string): string {
  if (DECIMAL_LIKE.test(seen)) return 'This has more digits than the venue takes.'
  if (OTHER_DIGITS.test(seen)) return 'Write it with the digits 0 to 9.'
  if (/^[\d.,'’\s]+$/.test(seen)) return 'Write it without grouping and with a point, such as 1000.5.'
  return 'This is not a number.'
}

/** Read a price; `what` begins its sentences. */
export const readPrice = (text: string, step: Decimal, what = 'The price'): Read<Decimal> =>
  readOnGrid(text, what, { step, most: STEPS_OF_PRICE_MAX, write: (value) => formatStep(value, step) })

/** Read a quantity. */
export const readQuantity = (text: string, step: Decimal, what = 'The quantity'): Read<Decimal> =>
  readOnGrid(text, what, { step, most: STEPS_MAX, write: formatExact })

interface Grid {
  readonly step: Decimal
  /** In steps. */
  readonly most: bigint
  readonly write: (value: Decimal) => string
}

function readOnGrid(text: string, what: string, { step, most, write }: Grid): Read<Decimal> {
  const read = readNumber(text)
  if ('mistake' in read) {
    return read.mistake.empty
      ? { mistake: { words: `${what} is missing.`, empty: true } }
      : { mistake: read.mistake }
  }
  const { value } = read
  if (value <= 0n) return { mistake: { words: `${what} must be above zero.` } }
  if (value / step > most) return { mistake: { words: `${what} is too large.` } }
  if (isMultiple(value, step)) return { value }
  const nearest = nearestStep(value, step)
  return {
    mistake: {
      words: `${what} goes in steps of ${formatExact(step)}.`,
      instead: { label: `Nearest: ${write(nearest)}`, value: nearest },
    },
  }
}
