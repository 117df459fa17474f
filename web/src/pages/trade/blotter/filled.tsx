import { formatExact } from '@/format/numbers'
import type { Order } from '@/wire/views'

/** How much of an order is filled, with a thin line that shows the part. */
export function Filled({ order }: { order: Order }) {
  const { filled_quantity: filled, quantity } = order
  const percent = quantity > 0n ? Number((filled * 1_000n) / quantity) / 10 : 0
  return (
    <span className="relative block" title={`${percent}%`}>
      <span className={filled === 0n ? 'text-faint' : undefined}>{formatExact(filled)}</span>
      <span aria-hidden className="absolute inset-x-0 -bottom-0.5 h-0.5 rounded-full bg-hover">
        <span
          className={
            order.side === 'buy' ? 'block h-full rounded-full bg-up' : 'block h-full rounded-full bg-down'
          }
          style={{ width: `${percent}%` }}
        />
      </span>
    </span>
  )
}
