import {
  type ColumnDef,
  createSortedRowModel,
  FlexRender,
  type Row as RowOf,
  rowSortingFeature,
  type SortingState,
  sortFns,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { clsx } from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { memo, type ReactNode, useCallback, useEffect, useRef } from 'react'

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns })

/** How a column stands: `width` in pixels is its least, and `grow` its share of what is left. */
export interface ColumnLook {
  readonly width: number
  readonly grow?: number
  readonly align?: 'left' | 'right'
  /** What it says always fits, whatever the row. */
  readonly short?: boolean
}

export type Column<Row extends object> = ColumnDef<typeof features, Row> & {
  readonly look: ColumnLook
  /** Whether what a row says surely fits: each cell that is cut off costs time whenever the table is scrolled. */
  readonly fits?: (row: Row) => boolean
}

interface Props<Row extends object> {
  /** What it lists, for screen readers. */
  label: string
  /** Kept outside the component, or memoised: another array is another table. */
  columns: readonly Column<Row>[]
  /** Likewise. */
  rows: readonly Row[]
  rowKey: (row: Row) => string
  /** Stands where there are no rows. */
  empty: ReactNode
  rowHeight?: number
  sort?: SortingState
  rowClassName?: (row: Row) => string | undefined
  /** When the end comes into sight: more rows can be had. */
  onEnd?: (() => void) | undefined
}

const lookOf = <Row extends object>(column: unknown): ColumnLook => (column as Column<Row>).look

const styleOf = (look: ColumnLook) => ({ flex: `${look.grow ?? 1} 0 ${look.width}px`, minWidth: look.width })

/** Rows beyond either end that are in the page: the keyboard goes on to the next one. */
const OVERSCAN = 4

/** The model of a row, as far as it matters here: it is another one for each sorting, its `original` is not. */
type Model = RowOf<typeof features, object>

/** What a row says. It is painted again only where it is about another object, or shown in other columns. */
const Cells = memo(
  function Cells({ model }: { model: Model; columns: readonly unknown[] }) {
    return model.getAllCells().map((cell) => {
      const { look, fits } = cell.column.columnDef as unknown as Column<object>
      const whole = look.short === true || fits?.(model.original) === true
      return (
        <div
          role="cell"
          key={cell.column.id}
          style={styleOf(look)}
          className={clsx(
            whole ? 'whitespace-nowrap px-2' : 'truncate px-2',
            look.align === 'right' && 'tabular text-right',
          )}
        >
          <FlexRender cell={cell} />
        </div>
      )
    })
  },
  (before, now) => before.model.original === now.model.original && before.columns === now.columns,
)

interface LineProps {
  readonly model: Model
  readonly columns: readonly unknown[]
  readonly place: number
  readonly start: number
  readonly height: number
  readonly className: string | undefined
}

/** A row in its place: as the table is scrolled, those that stay in sight are left alone. */
const Line = memo(
  function Line({ model, columns, place, start, height, className }: LineProps) {
    return (
      <div
        role="row"
        aria-rowindex={place + 2}
        style={{ height, top: start }}
        className={clsx(
          'absolute inset-x-0 flex items-center px-1 [contain:layout_style] hover:bg-hover',
          className,
        )}
      >
        <Cells model={model} columns={columns} />
      </div>
    )
  },
  (before, now) =>
    before.model.original === now.model.original &&
    before.columns === now.columns &&
    before.place === now.place &&
    before.start === now.start &&
    before.height === now.height &&
    before.className === now.className,
)

/** A table of any length: only the rows in sight are in the page. Its heads sort. */
export function DataTable<Row extends object>({
  label,
  columns,
  rows,
  rowKey,
  empty,
  rowHeight = 30,
  sort = [],
  rowClassName,
  onEnd,
}: Props<Row>) {
  const scroller = useRef<HTMLDivElement>(null)
  const table = useTable({
    features,
    columns: columns as Column<Row>[],
    data: rows as Row[],
    getRowId: rowKey,
    initialState: { sorting: sort },
  })
  const sorted = table.getRowModel().rows
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: useCallback(() => scroller.current, []),
    estimateSize: useCallback(() => rowHeight, [rowHeight]),
    getItemKey: useCallback((place: number) => sorted[place]?.id ?? place, [sorted]),
    overscan: OVERSCAN,
    // Painted with the frame that scrolls, not in the middle of the event.
    useFlushSync: false,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)
  const atEnd = last !== undefined && last.index >= sorted.length - 1
  useEffect(() => {
    if (atEnd) onEnd?.()
  }, [atEnd, onEnd])
  const width = columns.reduce((sum, column) => sum + column.look.width, 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the arrow keys
    <div ref={scroller} className="h-full overflow-auto" tabIndex={0}>
      <div
        role="table"
        aria-label={label}
        aria-rowcount={sorted.length + 1}
        style={{ minWidth: width }}
        className={clsx(sorted.length === 0 && 'flex h-full flex-col')}
      >
        <div role="rowgroup" className="sticky top-0 z-10 border-line border-b bg-panel">
          {table.getHeaderGroups().map((group) => (
            <div role="row" key={group.id} className="flex h-7 items-center px-1">
              {group.headers.map((header) => {
                const look = lookOf<Row>(header.column.columnDef)
                const direction = header.column.getIsSorted()
                const head = <table.FlexRender header={header} />
                return (
                  <div
                    role="columnheader"
                    key={header.id}
                    style={styleOf(look)}
                    {...(direction && {
                      'aria-sort': direction === 'asc' ? ('ascending' as const) : ('descending' as const),
                    })}
                    className={clsx('eyebrow truncate px-2', look.align === 'right' && 'text-right')}
                  >
                    {header.column.getCanSort() ? (
                      <button
                        type="button"
                        onClick={header.column.getToggleSortingHandler()}
                        className={clsx(
                          'inline-flex max-w-full items-center gap-0.5 hover:text-text',
                          look.align === 'right' && 'flex-row-reverse',
                        )}
                      >
                        <span className="truncate">{head}</span>
                        {direction === 'asc' && <ArrowUp size={11} aria-hidden />}
                        {direction === 'desc' && <ArrowDown size={11} aria-hidden />}
                      </button>
                    ) : (
                      head
                    )}
                  </div>
                )
              })}
            </div>
          ))}
        </div>
        {sorted.length === 0 ? (
          <div role="row" className="min-h-0 flex-1">
            <div role="cell" className="h-full">
              {empty}
            </div>
          </div>
        ) : (
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = sorted[item.index]
              if (!row) return null
              return (
                <Line
                  key={row.id}
                  model={row as unknown as Model}
                  columns={columns}
                  place={item.index}
                  start={item.start}
                  height={rowHeight}
                  className={rowClassName?.(row.original)}
                />
              )
            })}
          </div>
        )}
      </div>
    </div>
  )
}
