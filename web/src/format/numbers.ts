/** Numbers as people read them. */
import { type Decimal, placesOf, toFixed, toNumber, toText } from '@/wire/decimal'

/** A minus sign is as wide as a digit; a hyphen is not. */
const MINUS = '\u2212'

function grouped(text: string): string {
  const negative = text.startsWith('-')
  const [whole = '', part] = (negative ? text.slice(1) : text).split('.')
  const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return `${negative ? MINUS : ''}${groups}${part === undefined ? '' : `.${part}`}`
}

/** With the places of its step: 1,234.50. */
export const formatStep = (value: Decimal, step: Decimal): string => grouped(toFixed(value, placesOf(step)))

/** With a fixed number of places. */
export const formatFixed = (value: Decimal, places: number): string => grouped(toFixed(value, places))

/** With all the places that it has, and no more: quantities. */
export const formatExact = (value: Decimal): string => grouped(toText(value))

/** Money: two places. */
export const formatMoney = (value: Decimal): string => grouped(toFixed(value, 2))

/** With a sign that is always there, but for nothing: +12.50. */
export function formatSigned(value: Decimal, places = 2): string {
  const text = formatFixed(value, places)
  return value > 0n && /[1-9]/.test(text) ? `+${text}` : text
}

/** A part as per cent with a sign: +1.25%. */
export function formatPercent(part: number, places = 2): string {
  const text = Math.abs(part * 100).toFixed(places)
  if (!/[1-9]/.test(text)) return `${text}%`
  return `${part < 0 ? MINUS : '+'}${text}%`
}

const UNITS = ['', 'K', 'M', 'B', 'T', 'Q'] as const

/** Short, for volumes and axes: 12.3K. */
export function formatShort(value: number): string {
  let rest = Math.abs(value)
  let unit = 0
  while (rest >= 999.5 && unit < UNITS.length - 1) {
    rest /= 1_000
    unit += 1
  }
  const text =
    unit === 0 && Number.isInteger(rest) ? String(rest) : rest.toFixed(rest < 10 ? 2 : rest < 100 ? 1 : 0)
  return `${value < 0 ? MINUS : ''}${text}${UNITS[unit] ?? ''}`
}

/** Milliseconds with as many places as matter: 0.42 ms, 12 ms, 1.2 s. */
export function formatLatency(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${ms < 10 ? ms.toFixed(ms < 1 ? 2 : 1) : Math.round(ms)} ms`
}

/** Quantities that are longer than this are shortened; the hint has all digits. */
const DIGITS_MAX = 9

export const shortQuantity = (value: Decimal): string => {
  const text = formatExact(value)
  return text.length > DIGITS_MAX ? formatShort(toNumber(value)) : text
}
