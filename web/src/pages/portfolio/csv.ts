/** Tables as CSV (RFC 4180), which a spreadsheet opens without carrying anything out. */
import { type Decimal, toText } from '@/wire/decimal'

export type CsvValue = string | Decimal | null

const NUMBER = /^-?\d+(\.\d+)?$/
/** What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/

function fieldOf(value: CsvValue): string {
  if (value === null) return ''
  if (typeof value === 'bigint') return toText(value)
  const safe = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Write a table. Decimals stand with every digit that they have; text that looks like a formula is made plain text. */
export const toCsv = (heads: readonly string[], rows: readonly (readonly CsvValue[])[]): string =>
  [heads, ...rows].map((row) => `${row.map(fieldOf).join(',')}\r\n`).join('')

/** Have the browser keep a table as a file. */
export function saveCsv(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
