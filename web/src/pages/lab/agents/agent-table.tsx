import { clsx } from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { memo, useState } from 'react'
import { Button } from '@/components/button'
import { toneOf } from '@/components/change'
import { Sparkline } from '@/components/sparkline'
import { formatSigned } from '@/format/numbers'
import { closeDrawer, openDrawer, useDrawer } from '@/pages/lab/agents/drawer-store'
import type { AgentRow, Sort, SortKey } from '@/pages/lab/agents/rows'
import { Swatch } from '@/pages/lab/agents/swatch'
import { colourOf } from '@/pages/lab/colour-of'
import { usePointedAgent } from '@/pages/lab/pointed'
import { sizeWords } from '@/pages/lab/size-words'
import { useMarket } from '@/pages/lab/use-lab'
import { type Decimal, ONE } from '@/wire/decimal'

/** Rows that are shown at first, and more with each press. */
const PAGE = 200

interface Head {
  readonly key: SortKey
  readonly label: string
  readonly title?: string
  readonly className: string
}

const RIGHT = 'text-right'
const HEADS: readonly Head[] = [
  { key: 'id', label: 'Group', className: 'pl-2.5 text-left' },
  { key: 'type', label: 'Type', className: 'text-left @max-[42rem]:hidden' },
  { key: 'count', label: 'Agents', className: clsx(RIGHT, '@max-[30rem]:hidden') },
  { key: 'position', label: 'Position', title: 'Of the first market', className: RIGHT },
  {
    key: 'pnl',
    label: 'Profit',
    title: 'Cash and positions at the middle of the book, less what it began with',
    className: RIGHT,
  },
  { key: 'volume', label: 'Volume', className: clsx(RIGHT, '@max-[36rem]:hidden') },
  { key: 'trades', label: 'Trades', className: clsx(RIGHT, '@max-[48rem]:hidden') },
  {
    key: 'orders',
    label: 'Orders',
    title: 'Open orders',
    className: clsx(RIGHT, 'pr-2.5 @max-[24rem]:hidden'),
  },
]

interface Props {
  rows: readonly AgentRow[]
  sort: Sort
  onSort: (sort: Sort) => void
}

/** First down, then up, then as the simulation lists them. */
const nextSort = (sort: Sort, key: SortKey): Sort =>
  sort.key !== key
    ? { key, descending: key !== 'id' && key !== 'type' }
    : sort.descending === (key !== 'id' && key !== 'type')
      ? { key, descending: !sort.descending }
      : { key: null, descending: false }

/** The groups of agents with their figures; a row opens its parameters. */
export function AgentTable({ rows, sort, onSort }: Props) {
  const [most, setMost] = useState(PAGE)
  const lot = useMarket()?.lot_size ?? ONE
  const opened = useDrawer(({ drawer }) => (drawer?.kind === 'agent' ? drawer.id : null))
  return (
    <div className="@container h-full overflow-auto">
      <table className="w-full border-separate border-spacing-0 text-xs">
        <caption className="sr-only">Groups of agents; a row opens its parameters</caption>
        <thead className="sticky top-0 z-10 bg-panel">
          <tr>
            {HEADS.map(({ key, label, title, className }) => (
              <th
                key={key}
                scope="col"
                title={title}
                aria-sort={sort.key === key ? (sort.descending ? 'descending' : 'ascending') : undefined}
                className={clsx('eyebrow h-6 border-line border-b px-1.5 font-medium', className)}
              >
                <button
                  type="button"
                  onClick={() => onSort(nextSort(sort, key))}
                  className={clsx(
                    'inline-flex items-center gap-0.5 hover:text-text',
                    className.includes('text-right') && 'flex-row-reverse',
                  )}
                >
                  {label}
                  {sort.key === key &&
                    (sort.descending ? (
                      <ArrowDown size={11} aria-hidden />
                    ) : (
                      <ArrowUp size={11} aria-hidden />
                    ))}
                </button>
              </th>
            ))}
            <th
              scope="col"
              className="eyebrow h-6 w-28 border-line border-b px-2 text-left font-medium @max-[54rem]:hidden"
            >
              Trend
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row) => (
            <Row key={row.id} row={row} opened={opened === row.id} lot={lot} />
          ))}
        </tbody>
      </table>
      {rows.length > most && (
        <div className="p-2 text-center">
          <Button size="sm" onClick={() => setMost(most + PAGE)}>
            Show {Math.min(PAGE, rows.length - most)} more of {rows.length - most}
          </Button>
        </div>
      )}
    </div>
  )
}

const CELL = 'tabular h-6.5 whitespace-nowrap px-1.5 text-right'

const Row = memo(
  function Row({ row, opened, lot }: { row: AgentRow; opened: boolean; lot: Decimal }) {
    const { name, dashed } = colourOf(row.place)
    const { stats } = row
    const toggle = () => (opened ? closeDrawer() : openDrawer({ kind: 'agent', id: row.id }))
    return (
      <tr
        onMouseEnter={() => usePointedAgent.setState({ id: row.id })}
        onMouseLeave={() => usePointedAgent.setState({ id: null })}
        onClick={toggle}
        className={clsx('cursor-pointer', opened ? 'bg-accent-soft' : 'hover:bg-hover')}
      >
        <th scope="row" className="max-w-44 px-1.5 pl-2.5 text-left font-medium">
          <button
            type="button"
            aria-expanded={opened}
            onClick={(event) => {
              event.stopPropagation()
              toggle()
            }}
            className="flex max-w-full items-center gap-2"
          >
            <Swatch colour={name} dashed={dashed} />
            <bdi className="truncate" title={row.id}>
              {row.id}
            </bdi>
            {row.stats?.left === true && <span className="text-faint text-xs">left</span>}
          </button>
        </th>
        <td className="max-w-36 truncate px-1.5 text-muted @max-[42rem]:hidden">{row.type}</td>
        <td className={clsx(CELL, 'text-muted @max-[30rem]:hidden')}>{row.count.toLocaleString('en')}</td>
        <td className={CELL}>{stats ? sizeWords(stats.position, lot) : '–'}</td>
        <td className={clsx(CELL, stats ? toneOf(stats.pnl) : 'text-faint')}>
          {stats ? formatSigned(stats.pnl) : '–'}
        </td>
        <td className={clsx(CELL, '@max-[36rem]:hidden')}>
          {stats ? sizeWords(stats.total_volume, lot) : '–'}
        </td>
        <td className={clsx(CELL, '@max-[48rem]:hidden')}>
          {stats ? stats.total_trades.toLocaleString('en') : '–'}
        </td>
        <td className={clsx(CELL, 'pr-2.5 @max-[24rem]:hidden')}>
          {stats ? stats.active_orders.toLocaleString('en') : '–'}
        </td>
        <td className="w-28 px-2 @max-[54rem]:hidden">
          <div className="h-4 w-24">
            <Sparkline
              values={row.spark}
              width={96}
              height={16}
              tone={(row.spark.at(-1) ?? 0) >= (row.spark[0] ?? 0) ? 'up' : 'down'}
              label={`Profit of ${row.id} lately`}
            />
          </div>
        </td>
      </tr>
    )
  },
  (before, now) =>
    before.opened === now.opened &&
    before.lot === now.lot &&
    before.row.stats === now.row.stats &&
    before.row.place === now.row.place &&
    before.row.count === now.row.count &&
    before.row.type === now.row.type,
)
