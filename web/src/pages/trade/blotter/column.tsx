import { memo, type ReactNode } from 'react'
import type { Column, ColumnLook } from '@/components/data-table'

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
