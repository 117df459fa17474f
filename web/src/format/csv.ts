/**
 * Comma-separated values as RFC 4180 writes them, for spreadsheets.
 *
 * A spreadsheet takes text that begins with certain characters for a formula, and some of it was written by others: an
 * apostrophe before it makes it text again. Figures are written in full and are not touched, so that −5 stays a number.
 */
import { type Decimal, toText } from '@/wire/decimal'

export interface CsvColumn<Row> {
  readonly title: string
  /** Words: guarded. */
  readonly text?: (row: Row) => string | null
  /** Plain decimals, with every digit that they have. */
  readonly figure?: (row: Row) => Decimal | string | null
}

/** How long the browser may take to begin reading a file. */
const KEPT_MS = 10_000

const FORMULA = /^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/
const QUOTED = /[",\r\n]/
const LINE_END = '\r\n'

/** A field of text, so that no spreadsheet reckons with it. */
export const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)

export const quoted = (text: string): string => (QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

function fieldOf<Row>(column: CsvColumn<Row>, row: Row): string {
  if (column.figure) {
    const figure = column.figure(row) ?? ''
    return quoted(typeof figure === 'bigint' ? toText(figure) : figure)
  }
  return quoted(guarded(column.text?.(row) ?? ''))
}

/** A table with its titles, each line ended. */
export function csvOf<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map((column) => quoted(guarded(column.title))).join(',')]
  for (const row of rows) lines.push(columns.map((column) => fieldOf(column, row)).join(','))
  return lines.map((line) => line + LINE_END).join('')
}

/** Have the browser keep a text as a file. */
export function saveCsv(name: string, text: string): void {
  // A byte order mark tells spreadsheets that it is UTF-8.
  const url = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
