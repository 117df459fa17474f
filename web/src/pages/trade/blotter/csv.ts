/**
 * Comma-separated values as RFC 4180 writes them, for spreadsheets.
 *
 * A spreadsheet takes text that begins with certain characters for a formula, and some of it was written by others: an
 * apostrophe before it makes it text again. Figures are written in full and are not touched, so that −5 stays a number.
 */

export interface CsvColumn<Row> {
  readonly title: string
  /** Words: guarded. */
  readonly text?: (row: Row) => string | null
  /** Plain decimals, as the venue writes them. */
  readonly figure?: (row: Row) => string | null
}

const FORMULA = /^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/
const QUOTED = /[",\r\n]/
const LINE_END = '\r\n'

/** A field of text, so that no spreadsheet reckons with it. */
export const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)

export const quoted = (text: string): string => (QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

function fieldOf<Row>(column: CsvColumn<Row>, row: Row): string {
  if (column.figure) return quoted(column.figure(row) ?? '')
  return quoted(guarded(column.text?.(row) ?? ''))
}

/** A table with its titles, each line ended. */
export function csvOf<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map((column) => quoted(guarded(column.title))).join(',')]
  for (const row of rows) lines.push(columns.map((column) => fieldOf(column, row)).join(','))
  return lines.map((line) => line + LINE_END).join('')
}
