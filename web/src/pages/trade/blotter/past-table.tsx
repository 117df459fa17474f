import { LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { type Column, DataTable } from '@/components/data-table'
import { Failed, SkeletonRows } from '@/components/states'
import { useFilled, type usePast } from '@/pages/trade/blotter/use-past'

interface Props<Row extends object> {
  label: string
  query: ReturnType<typeof usePast>['query']
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  rowKey: (row: Row) => string
  empty: ReactNode
}

/** A table of the past that loads on as it is scrolled. */
export function PastTable<Row extends object>({ label, query, rows, columns, rowKey, empty }: Props<Row>) {
  useFilled(query, rows.length)
  const { hasNextPage, isFetching, isError } = query
  if (query.error && rows.length === 0) {
    return <Failed error={query.error} onRetry={() => void query.refetch()} />
  }
  if (query.isPending && rows.length === 0) return <SkeletonRows />
  const onEnd =
    hasNextPage && !isFetching && !isError
      ? () => void query.fetchNextPage({ cancelRefetch: false })
      : undefined
  return (
    <div className="relative h-full text-xs">
      <DataTable
        label={label}
        columns={columns}
        rows={rows}
        rowKey={rowKey}
        empty={hasNextPage ? <SkeletonRows /> : empty}
        onEnd={onEnd}
      />
      {query.isFetchingNextPage && rows.length > 0 && (
        <div
          role="status"
          className="pointer-events-none absolute inset-x-0 bottom-1 flex justify-center text-2xs text-muted"
        >
          <span className="flex items-center gap-1.5 rounded-full border border-line bg-raised px-2 py-0.5">
            <LoaderCircle size={11} className="animate-spin" aria-hidden />
            Loading more
          </span>
        </div>
      )}
      {query.isFetchNextPageError && (
        <div role="alert" className="absolute inset-x-0 bottom-1 flex justify-center text-xs">
          <button
            type="button"
            onClick={() => void query.fetchNextPage()}
            className="rounded-full border border-line bg-raised px-2.5 py-0.5 text-down"
          >
            More could not be loaded. Try again
          </button>
        </div>
      )}
    </div>
  )
}
