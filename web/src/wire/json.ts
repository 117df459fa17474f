/**
 * JSON without loss. A double keeps fifteen digits, so text whose numbers are all shorter is read by the browser's own
 * parser; where there is a longer one, numbers that a double cannot keep come out as the text they were written as.
 */
import { isSafeNumber, parse as parseLossless } from 'lossless-json'

/** Sixteen digits in a row, or with a point among them. */
const LONG_NUMBER = /\d{16}|[\d.]{17}/

/** Read JSON. Raises SyntaxError where it is none. */
export function parseJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text)
  return parseLossless(text, undefined, (number) => (isSafeNumber(number) ? Number(number) : number))
}
