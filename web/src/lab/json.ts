/**
 * JSON without loss, quick on the stream. Microseconds since 1970 have sixteen digits, which a double keeps; with them in
 * every message, the careful parser is left to text that has longer numbers.
 */
import { parseJson } from '@/wire/json'

/**
 * What a double may not keep: seventeen digits in a row, sixteen that begin with a nine (the largest whole number kept
 * begins 9007), or seventeen characters of digits with a point among them.
 */
const LONG_NUMBER = /\d{17}|(?<!\d)9\d{15}|(?=\d*\.)[\d.]{17}/

/** Read JSON; numbers that a double cannot keep come out as their text. Raises SyntaxError where it is none. */
export const readJson = (text: string): unknown =>
  LONG_NUMBER.test(text) ? parseJson(text) : JSON.parse(text)
