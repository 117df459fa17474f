/**
 * Exact decimals: prices, quantities and money as whole numbers of 10^-18, in a bigint.
 *
 * The venue's finest step is 10^-18 and a product of a price and a quantity is a whole number of cash steps, so
 * nothing that the venue says is ever rounded here. Floats appear only where something is drawn.
 */

declare const brand: unique symbol

/** A decimal of any size with at most 18 places. */
export type Decimal = bigint & { readonly [brand]: 'decimal' }

const PLACES = 18
const UNIT = 10n ** 18n
/** Digits that are ever multiplied out; the venue takes no more either. */
const DIGITS_MAX = 60

export const ZERO = 0n as Decimal
export const ONE = UNIT as Decimal

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/** Read a decimal, as JSON or people write it; null where it is none, or finer than 10^-18. */
export function parseDecimal(text: string): Decimal | null {
  const match = PATTERN.exec(text.trim())
  if (!match) return null
  const [, sign, whole = '', part = '', exponent = '0'] = match
  if (whole === '' && part === '') return null
  const places = part.length - Number(exponent)
  const digits = whole + part
  if (digits.length > DIGITS_MAX || Math.abs(places) > DIGITS_MAX) return null
  const magnitude = BigInt(digits)
  const shift = PLACES - places
  let units: bigint
  if (shift >= 0) {
    units = magnitude * 10n ** BigInt(shift)
  } else {
    const divisor = 10n ** BigInt(-shift)
    if (magnitude % divisor !== 0n) return null
    units = magnitude / divisor
  }
  return (sign === '-' ? -units : units) as Decimal
}

/** Return the decimal that a number was written as: exact for numbers of up to 15 digits. */
export function decimalOf(value: number | string): Decimal {
  const decimal = parseDecimal(String(value))
  if (decimal === null) throw new RangeError(`not a decimal: ${value}`)
  return decimal
}

export const add = (a: Decimal, b: Decimal): Decimal => (a + b) as Decimal
export const subtract = (a: Decimal, b: Decimal): Decimal => (a - b) as Decimal
export const negate = (a: Decimal): Decimal => -a as Decimal
export const absolute = (a: Decimal): Decimal => (a < 0n ? -a : a) as Decimal
export const smaller = (a: Decimal, b: Decimal): Decimal => (a < b ? a : b)
export const larger = (a: Decimal, b: Decimal): Decimal => (a > b ? a : b)

/** The product, rounded towards zero at 10^-18: exact for a price times a quantity. */
export const multiply = (a: Decimal, b: Decimal): Decimal => ((a * b) / UNIT) as Decimal

/** The quotient, rounded towards zero at 10^-18; zero for a division by zero. */
export const divide = (a: Decimal, b: Decimal): Decimal => (b === 0n ? 0n : (a * UNIT) / b) as Decimal

/** How many whole steps fit: rounded down, for negative values too. */
export function stepsIn(value: Decimal, step: Decimal): bigint {
  if (step <= 0n) return 0n
  const quotient = value / step
  return value % step < 0n ? quotient - 1n : quotient
}

export const ofSteps = (steps: bigint, step: Decimal): Decimal => (steps * step) as Decimal

export const isMultiple = (value: Decimal, step: Decimal): boolean => step > 0n && value % step === 0n

/** The nearest number, for charts and proportions alone. */
export const toNumber = (value: Decimal): number => Number(value) / 1e18

/** How many places a step needs: 2 for 0.01, 0 for 1. */
export function placesOf(step: Decimal): number {
  if (step <= 0n) return 2
  let places = PLACES
  let rest: bigint = step
  while (places > 0 && rest % 10n === 0n) {
    rest /= 10n
    places -= 1
  }
  return places
}

/** Write a decimal in full, as the venue reads it: no grouping, no exponent, no needless zeros. */
export function toText(value: Decimal): string {
  const magnitude = value < 0n ? -value : value
  const whole = (magnitude / UNIT).toString()
  const part = (magnitude % UNIT).toString().padStart(PLACES, '0').replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${part === '' ? '' : `.${part}`}`
}

/** Write a decimal with a fixed number of places, rounded half away from zero. */
export function toFixed(value: Decimal, places: number): string {
  const unit = 10n ** BigInt(PLACES - places)
  const magnitude = value < 0n ? -value : value
  const rounded = (magnitude + unit / 2n) / unit
  const digits = rounded.toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const part = places === 0 ? '' : `.${digits.slice(digits.length - places)}`
  return `${value < 0n && rounded !== 0n ? '-' : ''}${whole}${part}`
}
