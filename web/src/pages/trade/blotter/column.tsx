import { memo, type ReactNode } from 'react'
import type { Column, ColumnLook } from '@/components/data-table'
import { type Decimal, toText } from '@/wire/decimal'

/** Of the tables' digits, at their size. */
const DIGIT_PX = 6.7
/** Both paddings of a cell, and room for the sign that it can be changed. */
const BESIDE_PX = 31
/** Prices stand with all places of their step: `.00`. */
const PLACES = 3

/** Whether a figure surely fits into a cell; of words nothing is known. */
export function fitsIn(value: string | number | bigint | null, width: number): boolean {
  if (value === null) return true
  if (typeof value !== 'bigint') return false
  const text = toText(value as Decimal)
  const point = text.indexOf('.')
  const marks = Math.floor((point < 0 ? text.length : point) / 3)
  const length = text.length + marks + (point < 0 ? PLACES : 0)
  return length * DIGIT_PX + BESIDE_PX <= width
}

/**
 * A column of the blotter: what it sorts by, where it sorts, and how a row stands in it. A row that is the same object
 * is not painted again, so that scrolling paints only the rows that come into sight.
 */
export function column<Row extends object>(
  id: string,
  header: string,
  look: ColumnLook,
  cell: (row: Row) => ReactNode,
  sortedBy?: (row: Row) => string | number | bigint | null,
): Column<Row> {
  const Cell = memo(function Cell({ row }: { row: Row }) {
    return cell(row)
  })
  const shown = {
    ...(sortedBy && { fits: (row: Row) => fitsIn(sortedBy(row), look.width) }),
    id,
    header,
    look,
    cell: ({ row }: { row: { original: Row } }) => <Cell row={row.original} />,
  }
  // Where there is nothing to sort by it comes last.
  return (
    sortedBy ? { ...shown, accessorFn: (row: Row) => sortedBy(row) ?? undefined } : shown
  ) as Column<Row>
}
