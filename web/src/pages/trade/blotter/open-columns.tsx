import { X } from 'lucide-react'
import { Badge } from '@/components/badge'
import { IconButton } from '@/components/button'
import type { Column } from '@/components/data-table'
import { formatExact } from '@/format/numbers'
import { statusWord, typeWord } from '@/format/words'
import { cancelTold, useCancelling } from '@/pages/trade/blotter/cancelling'
import { Market, SideWord, When } from '@/pages/trade/blotter/cells'
import { column } from '@/pages/trade/blotter/column'
import { EditableCell } from '@/pages/trade/blotter/editable-cell'
import { Filled } from '@/pages/trade/blotter/filled'
import type { Order } from '@/wire/views'

function CancelButton({ order }: { order: Order }) {
  const busy = useCancelling((state) => state.ids.has(order.order_id))
  return (
    <IconButton
      label={`Cancel: ${order.side} ${formatExact(order.quantity)} ${order.ticker}`}
      size="sm"
      busy={busy}
      data-order={order.order_id}
      data-cell="cancel"
      onClick={() => void cancelTold(order)}
      className="hover:text-down!"
    >
      <X size={14} />
    </IconButton>
  )
}

/** The columns of working orders. */
export const OPEN_COLUMNS: readonly Column<Order>[] = [
  column(
    'time',
    'Time',
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
    { width: 84, align: 'right' },
    (order) => <EditableCell order={order} field="price" />,
    (order) => order.price,
  ),
  column(
    'stop',
    'Stop',
    { width: 76, align: 'right' },
    (order) => <EditableCell order={order} field="stop_price" />,
    (order) => order.stop_price,
  ),
  column(
    'quantity',
    'Quantity',
    { width: 78, align: 'right' },
    (order) => <EditableCell order={order} field="quantity" />,
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
    { width: 92, short: true },
    (order) => (
      <Badge tone={order.status === 'partial' ? 'accent' : 'plain'}>{statusWord(order.status)}</Badge>
    ),
    (order) => order.status,
  ),
  column(
    'life',
    'In force',
    { width: 60, short: true },
    (order) => <span className="text-muted">{order.time_in_force}</span>,
    (order) => order.time_in_force,
  ),
  column('cancel', '', { width: 44, short: true, grow: 0, align: 'right' }, (order) => (
    <CancelButton order={order} />
  )),
]

const NARROW = ['market', 'side', 'price', 'quantity', 'filled', 'cancel']

/** Those that matter most, where there is no room for all. */
export const OPEN_COLUMNS_NARROW: readonly Column<Order>[] = OPEN_COLUMNS.filter((shown) =>
  NARROW.includes(shown.id ?? ''),
)
