import { clsx } from 'clsx'
import { ArrowDown, ArrowUp, Download, Layers } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { IconButton } from '@/components/button'
import { Panel } from '@/components/panel'
import { Empty, SkeletonRows } from '@/components/states'
import { saveCsv } from '@/format/csv'
import { useInstruments } from '@/hooks/use-instruments'
import { holdingsCsv } from '@/pages/portfolio/holdings-csv'
import { POSITION_COLUMNS, type PositionRow } from '@/pages/portfolio/positions-columns'
import { type Summary, weightsOf } from '@/pages/portfolio/summary'
import { useStream } from '@/stream/store'
import { priceStepOf } from '@/trading/glance'

interface Sort {
  readonly id: string
  readonly down: boolean
}

/** Holdings with their shares of the account; with cash and escrow the shares add to 100 %. */
function useRows(summary: Summary | null): readonly PositionRow[] {
  const { data } = useInstruments()
  const prices = useStream((state) => state.prices)
  return useMemo(() => {
    if (!summary) return []
    const { positions, cash, escrow } = summary
    const weights = weightsOf([...positions.map((position) => position.value), cash, escrow])
    return positions.map((position, place) => {
      const listed = data?.instruments.find((instrument) => instrument.ticker === position.ticker) ?? null
      const step = priceStepOf(prices.get(position.ticker) ?? null, listed)
      return { ...position, weight: weights[place] ?? 0, step }
    })
  }, [summary, data, prices])
}

function sorted(rows: readonly PositionRow[], { id, down }: Sort): readonly PositionRow[] {
  const column = POSITION_COLUMNS.find((candidate) => candidate.id === id)
  if (!column) return rows
  const way = down ? -1 : 1
  return rows.toSorted((a, b) => {
    const [left, right] = [column.key(a), column.key(b)]
    return left < right ? -way : left > right ? way : 0
  })
}

const CELL = 'whitespace-nowrap px-2.5 first:sticky first:left-0 first:bg-panel first:pl-3 last:pr-3'

/** What is held, and what was: figure by figure, with their sums. */
export function PositionsPanel({ summary }: { summary: Summary | null }) {
  const [sort, setSort] = useState<Sort>({ id: 'value', down: true })
  const rows = useRows(summary)
  const shown = useMemo(() => sorted(rows, sort), [rows, sort])
  const weight = rows.reduce((before, row) => before + row.weight, 0)
  return (
    <Panel
      title="Holdings"
      tools={
        <IconButton
          size="sm"
          label="Save the holdings as CSV"
          disabled={rows.length === 0}
          onClick={() => saveCsv('crossbook-holdings.csv', holdingsCsv(shown))}
        >
          <Download size={14} />
        </IconButton>
      }
    >
      {!summary ? (
        <SkeletonRows rows={3} />
      ) : shown.length === 0 ? (
        <Empty icon={Layers} title="Nothing held yet" className="min-h-32">
          What you buy stands here with what it cost and what it earns.{' '}
          <Link href="/trade" className="text-accent underline">
            Trade
          </Link>
        </Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the arrow keys
        <div className="overflow-x-auto" tabIndex={0} role="group" aria-label="Holdings">
          <table className="tabular w-full text-right text-xs">
            <thead>
              <tr className="h-8 border-line border-b">
                {POSITION_COLUMNS.map(({ id, head }) => (
                  <th
                    key={id}
                    scope="col"
                    className={clsx(CELL, 'eyebrow first:text-left')}
                    {...(sort.id === id && { 'aria-sort': sort.down ? 'descending' : 'ascending' })}
                  >
                    <button
                      type="button"
                      className="inline-flex items-center gap-0.5 align-middle hover:text-text"
                      onClick={() => setSort({ id, down: sort.id === id ? !sort.down : id !== 'market' })}
                    >
                      {sort.id === id &&
                        (sort.down ? <ArrowDown size={11} aria-hidden /> : <ArrowUp size={11} aria-hidden />)}
                      {head}
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={row.ticker} className="h-9 border-line border-b hover:bg-hover">
                  {POSITION_COLUMNS.map(({ id, cell }) => (
                    <td key={id} className={clsx(CELL, 'first:text-left')}>
                      {cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr className="h-9 font-medium">
                {POSITION_COLUMNS.map(({ id, sum }) => (
                  <td key={id} className={clsx(CELL, 'first:text-left')}>
                    {sum?.(summary, weight)}
                  </td>
                ))}
              </tr>
            </tfoot>
          </table>
        </div>
      )}
    </Panel>
  )
}
