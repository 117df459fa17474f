import { memo } from 'react'
import { barOf } from '@/format/bars'
import { LevelRow } from '@/pages/trade/book/level-row'
import type { Bars } from '@/pages/trade/book/settings'
import type { BookRow } from '@/trading/grouping'
import type { Decimal } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

interface Props {
  side: Side
  rows: readonly BookRow[]
  own: ReadonlyMap<Decimal, Decimal>
  step: Decimal
  bars: Bars
  /** What a whole bar stands for. */
  most: Decimal
  /** The row that is pointed at, and every one before it; none is -1. */
  reached: number
  /** The row that Tab comes to. */
  tabbed: number
}

/** A side of the book. Asks have their best at the bottom, where it meets the bids. */
export const SideRows = memo(function SideRows({
  side,
  rows,
  own,
  step,
  bars,
  most,
  reached,
  tabbed,
}: Props) {
  const shown = side === 'sell' ? rows.toReversed() : rows
  return shown.map((row) => (
    <LevelRow
      key={row.place}
      place={row.place}
      side={side}
      price={row.price}
      quantity={row.quantity}
      total={row.total}
      own={own.get(row.price) ?? null}
      step={step}
      bar={barOf(bars === 'total' ? row.total : row.quantity, most)}
      reached={row.place <= reached}
      tabbed={row.place === tabbed}
      pointed={row.place === reached}
    />
  ))
})
