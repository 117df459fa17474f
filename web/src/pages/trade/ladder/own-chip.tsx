import { clsx } from 'clsx'
import { shortQuantity } from '@/format/numbers'
import type { Decimal } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

interface Props {
  side: Side
  quantity: Decimal | null
  ahead: string
  words: string
  leaving: boolean
  coming: Decimal | null
  armed: boolean
}

/** One's own orders at a price: how much, and about how much is ahead of them. */
export function OwnChip({ side, quantity, ahead, words, leaving, coming, armed }: Props) {
  const bid = side === 'buy'
  const what = armed ? `${words}. Click to cancel, drag to another price` : words
  return (
    <span
      role="gridcell"
      data-cell={`own-${side}`}
      className={clsx(
        'flex min-w-0 items-center gap-1 px-1',
        bid ? 'justify-start' : 'flex-row-reverse justify-start',
      )}
    >
      {quantity !== null && (
        <span
          data-own={side}
          title={what}
          className={clsx(
            'flex h-4 min-w-4 max-w-[70%] shrink-0 touch-none select-none items-center justify-center rounded px-1 font-semibold text-2xs text-on-fill',
            bid ? 'bg-up-fill' : 'bg-down-fill',
            armed && 'cursor-grab active:cursor-grabbing',
            leaving && 'line-through opacity-40',
          )}
        >
          <span className="sr-only">{words}</span>
          <span aria-hidden className="truncate">
            {shortQuantity(quantity)}
          </span>
        </span>
      )}
      {coming !== null && (
        <span
          title="On its way: not confirmed yet"
          className={clsx(
            'flex h-4 min-w-4 animate-breathe items-center justify-center rounded border border-dashed px-1 text-2xs',
            bid ? 'border-up text-up' : 'border-down text-down',
          )}
        >
          <span className="sr-only">on its way: </span>
          {shortQuantity(coming)}
        </span>
      )}
      {quantity !== null && coming === null && (
        <span aria-hidden className="truncate text-2xs text-muted" title={what}>
          {ahead}
        </span>
      )}
    </span>
  )
}
