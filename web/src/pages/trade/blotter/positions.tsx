import { clsx } from 'clsx'
import { Wallet } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { Button } from '@/components/button'
import { type Column, DataTable } from '@/components/data-table'
import { Confirm } from '@/components/dialog'
import { Flashing } from '@/components/flashing'
import { Empty, Failed, SkeletonRows } from '@/components/states'
import { formatExact, formatMoney, formatPercent, formatSigned, formatStep } from '@/format/numbers'
import { useGlance } from '@/hooks/use-channels'
import { usePortfolio } from '@/hooks/use-portfolio'
import { Market, Price } from '@/pages/trade/blotter/cells'
import { column } from '@/pages/trade/blotter/column'
import { useSteps } from '@/pages/trade/blotter/instruments-context'
import { type Position, positionAt, returnOf } from '@/pages/trade/blotter/pnl'
import { useNarrow } from '@/pages/trade/blotter/use-narrow'
import { useStream } from '@/stream/store'
import { act, placedWords } from '@/trading/act'
import { flatten } from '@/trading/position'
import { absolute, type Decimal } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Holding } from '@/wire/views'

/** The price and what hangs on it change with each tick, and only the cells that show them. */
function useLive(holding: Holding): Position {
  const price = useGlance(holding.ticker)?.current_price ?? null
  const locked = useStream(
    (state) => state.own.balance?.holdings.find((held) => held.ticker === holding.ticker)?.locked ?? null,
  )
  return positionAt(holding, price, locked)
}

function Locked({ holding }: { holding: Holding }) {
  const { locked } = useLive(holding)
  return <span className={locked === 0n ? 'text-faint' : undefined}>{formatExact(locked)}</span>
}

function Last({ holding }: { holding: Holding }) {
  const { last } = useLive(holding)
  const { price_step } = useSteps(holding.ticker)
  return <Flashing value={last} format={(value) => formatStep(value, price_step)} />
}

function Value({ holding }: { holding: Holding }) {
  return formatMoney(useLive(holding).value)
}

function Unrealised({ holding }: { holding: Holding }) {
  const position = useLive(holding)
  const part = returnOf(position)
  return (
    <span className={toneOf(position.unrealised)}>
      {formatSigned(position.unrealised)}
      {part !== null && <span className="ml-1 text-2xs">({formatPercent(part)})</span>}
    </span>
  )
}

const toneOf = (value: Decimal) =>
  clsx(value > 0n && 'text-up', value < 0n && 'text-down', value === 0n && 'text-faint')

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

const COLUMNS: readonly Column<Holding>[] = [
  column(
    'market',
    'Market',
    { width: 66 },
    (holding) => <Market ticker={holding.ticker} />,
    (holding) => holding.ticker,
  ),
  column(
    'quantity',
    'Quantity',
    { width: 70, align: 'right' },
    (holding) => formatExact(holding.quantity),
    (holding) => holding.quantity,
  ),
  column('locked', 'In orders', { width: 66, align: 'right' }, (holding) => <Locked holding={holding} />),
  column(
    'cost',
    'Average cost',
    { width: 88, align: 'right' },
    (holding) => <Price ticker={holding.ticker} value={holding.average_cost} />,
    (holding) => holding.average_cost,
  ),
  column('last', 'Last', { width: 72, align: 'right' }, (holding) => <Last holding={holding} />),
  column(
    'value',
    'Value',
    { width: 80, align: 'right' },
    (holding) => <Value holding={holding} />,
    (holding) => holding.value,
  ),
  column(
    'unrealised',
    'Unrealised',
    { width: 124, align: 'right' },
    (holding) => <Unrealised holding={holding} />,
    (holding) => holding.unrealized_pnl,
  ),
  column(
    'realised',
    'Realised',
    { width: 74, align: 'right' },
    (holding) => <span className={toneOf(holding.realized_pnl)}>{formatSigned(holding.realized_pnl)}</span>,
    (holding) => holding.realized_pnl,
  ),
  column(
    'fees',
    'Fees',
    { width: 54, align: 'right' },
    (holding) => formatMoney(holding.fees),
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
