import { History as HistoryIcon } from 'lucide-react'
import { useMemo } from 'react'
import { Badge } from '@/components/badge'
import type { Column } from '@/components/data-table'
import { Empty } from '@/components/states'
import { formatExact } from '@/format/numbers'
import { formatFull } from '@/format/times'
import { statusWord, typeWord } from '@/format/words'
import { Market, Price, SideWord, When } from '@/pages/trade/blotter/cells'
import { column } from '@/pages/trade/blotter/column'
import { Filled } from '@/pages/trade/blotter/filled'
import { endedOrders } from '@/pages/trade/blotter/merge'
import { PastTable } from '@/pages/trade/blotter/past-table'
import { reasonWords } from '@/pages/trade/blotter/reasons'
import { usePast } from '@/pages/trade/blotter/use-past'
import { useStream } from '@/stream/store'
import { getOrders } from '@/wire/api'
import type { Ticker } from '@/wire/reading'
import type { Order } from '@/wire/views'

const keyOf = (order: Order): string => order.order_id

function Ending({ order }: { order: Order }) {
  const tone = order.status === 'filled' ? 'up' : order.status === 'expired' ? 'warn' : 'plain'
  return (
    <span title={`Ended ${formatFull(order.updated_at)}`}>
      <Badge tone={tone}>{statusWord(order.status)}</Badge>
    </span>
  )
}

function Reason({ order }: { order: Order }) {
  const words = reasonWords(order.reason)
  return (
    <bdi className="text-muted" title={words}>
      {words || <span className="text-faint">–</span>}
    </bdi>
  )
}

const COLUMNS: readonly Column<Order>[] = [
  column(
    'created',
    'Placed',
    { width: 76, short: true },
    (order) => <When ms={order.created_at} />,
    (order) => order.created_at,
  ),
  column(
    'market',
    'Market',
    { width: 66 },
    (order) => <Market ticker={order.ticker} />,
    (order) => order.ticker,
  ),
  column(
    'side',
    'Side',
    { width: 46, short: true },
    (order) => <SideWord side={order.side} />,
    (order) => order.side,
  ),
  column(
    'type',
    'Type',
    { width: 72, short: true },
    (order) => typeWord(order.type),
    (order) => order.type,
  ),
  column(
    'price',
    'Price',
    { width: 72, align: 'right' },
    (order) => <Price ticker={order.ticker} value={order.price ?? order.stop_price} />,
    (order) => order.price ?? order.stop_price,
  ),
  column(
    'average',
    'Average',
    { width: 72, align: 'right' },
    (order) => <Price ticker={order.ticker} value={order.average_price} />,
    (order) => order.average_price,
  ),
  column(
    'quantity',
    'Quantity',
    { width: 70, align: 'right' },
    (order) => formatExact(order.quantity),
    (order) => order.quantity,
  ),
  column(
    'filled',
    'Filled',
    { width: 58, align: 'right' },
    (order) => <Filled order={order} />,
    (order) => order.filled_quantity,
  ),
  column(
    'status',
    'Status',
    { width: 80, short: true },
    (order) => <Ending order={order} />,
    (order) => order.status,
  ),
  column(
    'reason',
    'Reason',
    { width: 140, grow: 4 },
    (order) => <Reason order={order} />,
    (order) => reasonWords(order.reason),
  ),
]

/** Orders that have ended, and why. */
export function History({ ticker }: { ticker: Ticker | undefined }) {
  const live = useStream((state) => state.own.ended)
  const { query, rows } = usePast('orders', getOrders, ticker, live)
  const orders = useMemo(() => {
    const here = ticker === undefined ? live : live.filter((order) => order.ticker === ticker)
    return endedOrders(here, rows)
  }, [live, rows, ticker])
  return (
    <PastTable
      label="Order history"
      query={query}
      rows={orders}
      columns={COLUMNS}
      rowKey={keyOf}
      empty={
        <Empty
          icon={HistoryIcon}
          title={ticker ? `No order has ended in ${ticker} yet` : 'No order has ended yet'}
        >
          Filled, cancelled and expired orders stand here, with the reason.
        </Empty>
      }
    />
  )
}
