import { ListPlus } from 'lucide-react'
import { useEffect, useMemo, useRef } from 'react'
import { DataTable } from '@/components/data-table'
import { Empty } from '@/components/states'
import { Veil } from '@/components/veil'
import { cancelTold } from '@/pages/trade/blotter/cancelling'
import { endEditing, useEditing } from '@/pages/trade/blotter/editing'
import { OPEN_COLUMNS, OPEN_COLUMNS_NARROW } from '@/pages/trade/blotter/open-columns'
import { pressInRows } from '@/pages/trade/blotter/row-keys'
import { useNarrow } from '@/pages/trade/blotter/use-narrow'
import { useStream } from '@/stream/store'
import type { Ticker } from '@/wire/reading'
import type { Order } from '@/wire/views'

const keyOf = (order: Order): string => order.order_id

/** Working orders, newest first. */
export function useOpenOrders(ticker: Ticker | undefined): readonly Order[] {
  const open = useStream((state) => state.own.open)
  return useMemo(
    () =>
      [...open.values()]
        .filter((order) => ticker === undefined || order.ticker === ticker)
        .sort((a, b) => b.created_at - a.created_at || Number(BigInt(b.order_id) - BigInt(a.order_id))),
    [open, ticker],
  )
}

/** An order that fills or is cancelled while it is being changed cannot be changed any more. */
function useEndOfEdited(): void {
  const id = useEditing((state) => state.editing?.order.order_id)
  const gone = useStream((state) => id !== undefined && !state.own.open.has(id))
  useEffect(() => {
    if (!gone || id === undefined) return
    endEditing(useStream.getState().own.ended.find((order) => order.order_id === id))
  }, [gone, id])
}

export function OpenOrders({ ticker }: { ticker: Ticker | undefined }) {
  const orders = useOpenOrders(ticker)
  const standing = useStream((state) => state.channels.get('account')?.standing ?? 'asked')
  const box = useRef<HTMLDivElement>(null)
  const narrow = useNarrow(box)
  useEndOfEdited()
  const cancel = (orderId: string) => {
    const order = useStream.getState().own.open.get(orderId)
    if (order) void cancelTold(order)
  }
  return (
    <Veil standing={standing}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys go to the cells of its rows */}
      <div ref={box} className="h-full text-xs" onKeyDown={(event) => pressInRows(event, cancel)}>
        <DataTable
          label="Open orders"
          columns={narrow ? OPEN_COLUMNS_NARROW : OPEN_COLUMNS}
          rows={orders}
          rowKey={keyOf}
          empty={
            <Empty icon={ListPlus} title={ticker ? `No open orders in ${ticker}` : 'No open orders'}>
              Orders that wait in the book or for their stop stand here. Place one in the order panel.
            </Empty>
          }
        />
      </div>
    </Veil>
  )
}
