import { ArrowLeftRight } from 'lucide-react'
import { useMemo } from 'react'
import { Badge } from '@/components/badge'
import type { Column } from '@/components/data-table'
import { Empty } from '@/components/states'
import { formatExact, formatMoney } from '@/format/numbers'
import { Market, Price, SideWord, When } from '@/pages/trade/blotter/cells'
import { column } from '@/pages/trade/blotter/column'
import { allFills, fillKey } from '@/pages/trade/blotter/merge'
import { PastTable } from '@/pages/trade/blotter/past-table'
import { usePast } from '@/pages/trade/blotter/use-past'
import { useStream } from '@/stream/store'
import { getFills } from '@/wire/api'
import { multiply } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Fill } from '@/wire/views'

const COLUMNS: readonly Column<Fill>[] = [
  column(
    'time',
    'Time',
    { width: 84, short: true },
    (fill) => <When ms={fill.timestamp} />,
    (fill) => fill.timestamp,
  ),
  column(
    'market',
    'Market',
    { width: 72 },
    (fill) => <Market ticker={fill.ticker} />,
    (fill) => fill.ticker,
  ),
  column(
    'side',
    'Side',
    { width: 54, short: true },
    (fill) => <SideWord side={fill.side} />,
    (fill) => fill.side,
  ),
  column(
    'price',
    'Price',
    { width: 90, align: 'right' },
    (fill) => <Price ticker={fill.ticker} value={fill.price} />,
    (fill) => fill.price,
  ),
  column(
    'quantity',
    'Quantity',
    { width: 80, align: 'right' },
    (fill) => formatExact(fill.quantity),
    (fill) => fill.quantity,
  ),
  column(
    'value',
    'Value',
    { width: 100, align: 'right' },
    (fill) => formatMoney(multiply(fill.price, fill.quantity)),
    (fill) => multiply(fill.price, fill.quantity),
  ),
  column(
    'fee',
    'Fee',
    { width: 72, align: 'right' },
    (fill) => formatMoney(fill.fee),
    (fill) => fill.fee,
  ),
  column(
    'liquidity',
    'Liquidity',
    { width: 76, short: true },
    (fill) => (
      <Badge tone={fill.liquidity === 'maker' ? 'accent' : 'plain'}>
        {fill.liquidity === 'maker' ? 'Maker' : 'Taker'}
      </Badge>
    ),
    (fill) => fill.liquidity,
  ),
  column(
    'order',
    'Order',
    { width: 84, align: 'right' },
    (fill) => <span className="text-faint">{fill.order_id}</span>,
    (fill) => BigInt(fill.order_id),
  ),
]

/** The account's own trades. */
export function Fills({ ticker }: { ticker: Ticker | undefined }) {
  const live = useStream((state) => state.own.fills)
  const { query, rows } = usePast('fills', getFills, ticker, live)
  const fills = useMemo(() => {
    const here = ticker === undefined ? live : live.filter((fill) => fill.ticker === ticker)
    return allFills(here, rows)
  }, [live, rows, ticker])
  return (
    <PastTable
      label="Fills"
      query={query}
      rows={fills}
      columns={COLUMNS}
      rowKey={fillKey}
      empty={
        <Empty icon={ArrowLeftRight} title={ticker ? `No fills in ${ticker} yet` : 'No fills yet'}>
          Each trade of your orders stands here, with its fee. A market order fills at once.
        </Empty>
      }
    />
  )
}
