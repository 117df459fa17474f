import { useMemo } from 'react'
import { formatExact } from '@/format/numbers'
import type { OwnMark } from '@/pages/trade/depth/draw'
import { useStream } from '@/stream/store'
import { add, type Decimal, subtract, toNumber, ZERO } from '@/wire/decimal'
import type { Side, Ticker } from '@/wire/reading'
import type { Order } from '@/wire/views'

/** Own orders that rest in a book, those of one side at one price together. */
function ownMarks(orders: Iterable<Order>): readonly OwnMark[] {
  const found = new Map<string, { side: Side; price: Decimal; quantity: Decimal }>()
  for (const { type, price, side, quantity, filled_quantity } of orders) {
    // A stop order waits outside of the book.
    if (price === null || type !== 'limit') continue
    const key = `${side} ${price}`
    const rest = subtract(quantity, filled_quantity)
    found.set(key, { side, price, quantity: add(found.get(key)?.quantity ?? ZERO, rest) })
  }
  return [...found.values()].map(({ side, price, quantity }) => ({
    side,
    price: toNumber(price),
    words: `${side === 'buy' ? 'Buy' : 'Sell'} ${formatExact(quantity)}`,
  }))
}

/** The signed-in trader's own orders in a book. */
export function useOwnMarks(ticker: Ticker): readonly OwnMark[] {
  const open = useStream((state) => state.own.open)
  return useMemo(
    () => ownMarks([...open.values()].filter((order) => order.ticker === ticker)),
    [open, ticker],
  )
}
