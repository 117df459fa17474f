import { Wallet } from 'lucide-react'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { Button } from '@/components/button'
import { toneOf } from '@/components/change'
import { type Column, DataTable } from '@/components/data-table'
import { Confirm } from '@/components/dialog'
import { Flashing } from '@/components/flashing'
import { Empty, Failed, SkeletonRows } from '@/components/states'
import { formatExact, formatMoney, formatPercent, formatSigned, formatStep } from '@/format/numbers'
import { usePortfolio } from '@/hooks/use-portfolio'
import { usePosition } from '@/hooks/use-position'
import { Market, Price } from '@/pages/trade/blotter/cells'
import { column } from '@/pages/trade/blotter/column'
import { useSteps } from '@/pages/trade/blotter/instruments-context'
import { useNarrow } from '@/pages/trade/blotter/use-narrow'
import { act, placedWords } from '@/trading/act'
import { flatten } from '@/trading/position'
import { type Position, returnOf } from '@/trading/valuation'
import { absolute } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Holding } from '@/wire/views'

/** The price and what hangs on it change with each tick, and only the cells that show them. */
type Live = (position: Position) => ReactNode

function Cell({ ticker, show }: { ticker: Ticker; show: Live }) {
  const position = usePosition(ticker)
  return position && show(position)
}

function Last({ position }: { position: Position }) {
  const { price_step } = useSteps(position.ticker)
  return <Flashing value={position.last} format={(value) => formatStep(value, price_step)} />
}

function Unrealised({ position }: { position: Position }) {
  const part = returnOf(position)
  return (
    <span className={toneOf(position.unrealised)}>
      {formatSigned(position.unrealised)}
      {part !== null && <span className="ml-1 text-2xs">({formatPercent(part)})</span>}
    </span>
  )
}

function Close({ holding }: { holding: Holding }) {
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  if (holding.quantity === 0n) return null
  const how = `${holding.quantity > 0n ? 'sells' : 'buys'} ${formatExact(absolute(holding.quantity))} ${holding.ticker}`
  const close = async () => {
    setBusy(true)
    await act(flatten(holding.ticker), (placed) =>
      placed ? placedWords(placed) : 'There is nothing to close',
    )
    setBusy(false)
  }
  return (
    <>
      <Button size="sm" busy={busy} onClick={() => setAsking(true)} aria-label={`Close ${holding.ticker}`}>
        Close
      </Button>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Close the position in ${holding.ticker}?`}
        description={`This cancels your open orders in ${holding.ticker} and ${how} at the market.`}
        action="Close it"
        danger
        onConfirm={() => void close()}
      />
    </>
  )
}

const live = (
  id: string,
  title: string,
  width: number,
  show: Live,
  sortBy: (holding: Holding) => bigint | null,
): Column<Holding> =>
  column(
    id,
    title,
    { width, align: 'right' },
    (holding) => <Cell ticker={holding.ticker} show={show} />,
    sortBy,
  )

const COLUMNS: readonly Column<Holding>[] = [
  column(
    'market',
    'Market',
    { width: 66 },
    (holding) => <Market ticker={holding.ticker} />,
    (holding) => holding.ticker,
  ),
  live(
    'quantity',
    'Quantity',
    70,
    ({ quantity }) => formatExact(quantity),
    (holding) => holding.quantity,
  ),
  live(
    'locked',
    'In orders',
    66,
    ({ locked }) => <span className={locked === 0n ? 'text-faint' : undefined}>{formatExact(locked)}</span>,
    (holding) => holding.locked,
  ),
  live(
    'cost',
    'Average cost',
    88,
    ({ ticker, averageCost }) => <Price ticker={ticker} value={averageCost} />,
    (holding) => holding.average_cost,
  ),
  live(
    'last',
    'Last',
    72,
    (position) => <Last position={position} />,
    (holding) => holding.current_price,
  ),
  live(
    'value',
    'Value',
    80,
    ({ value }) => formatMoney(value),
    (holding) => holding.value,
  ),
  live(
    'unrealised',
    'Unrealised',
    124,
    (position) => <Unrealised position={position} />,
    (holding) => holding.unrealized_pnl,
  ),
  live(
    'realised',
    'Realised',
    74,
    ({ realised }) => <span className={toneOf(realised)}>{formatSigned(realised)}</span>,
    (holding) => holding.realized_pnl,
  ),
  live(
    'fees',
    'Fees',
    54,
    ({ fees }) => formatMoney(fees),
    (holding) => holding.fees,
  ),
  column('close', '', { width: 68, short: true, grow: 0, align: 'right' }, (holding) => (
    <Close holding={holding} />
  )),
]

const NARROW = ['market', 'quantity', 'last', 'unrealised', 'close']
const COLUMNS_NARROW = COLUMNS.filter((shown) => NARROW.includes(shown.id ?? ''))

const keyOf = (holding: Holding): string => holding.ticker
const NONE: readonly Holding[] = []

/** What is held at the newest prices, and what it brought. */
export function Positions({ ticker }: { ticker: Ticker | undefined }) {
  const { data, error, refetch } = usePortfolio()
  const box = useRef<HTMLDivElement>(null)
  const narrow = useNarrow(box)
  const held = data?.holdings ?? NONE
  const rows = useMemo(
    () => (ticker === undefined ? held : held.filter((holding) => holding.ticker === ticker)),
    [held, ticker],
  )
  return (
    <div ref={box} className="h-full text-xs">
      {data ? (
        <DataTable
          label="Positions"
          columns={narrow ? COLUMNS_NARROW : COLUMNS}
          rows={rows}
          rowKey={keyOf}
          empty={
            <Empty icon={Wallet} title={ticker ? `No position in ${ticker}` : 'No positions'}>
              What you buy stands here, with its profit at the newest price.
            </Empty>
          }
        />
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </div>
  )
}
