/** One's own orders as the ladder's rows show them. Pure. */
import { formatExact, formatShort } from '@/format/numbers'
import type { Flight } from '@/pages/trade/ladder/in-flight'
import type { Place } from '@/pages/trade/ladder/place'
import { groupOf } from '@/trading/grouping'
import { isResting } from '@/trading/own-rows'
import { add, type Decimal, subtract, toNumber, ZERO } from '@/wire/decimal'
import type { Side, Ticker } from '@/wire/reading'
import type { Order } from '@/wire/views'

/** Whole numbers are short up to here. */
const AHEAD_MAX = 10_000n * 10n ** 18n

/** What rests of one's own in a row, on one side. */
export interface OwnCell {
  readonly orders: readonly Order[]
  readonly quantity: Decimal
  /** Of the order that is nearest to the front: ≈120. */
  readonly ahead: string
  /** In full, for who points at it or cannot see it. */
  readonly words: string
  /** Whether all of it was asked to go. */
  readonly leaving: boolean
}

/** The quantity ahead rounded up to a whole step: an estimate falls between. */
function rounded(ahead: Decimal, step: Decimal): Decimal {
  if (step <= 0n) return ahead
  return (((ahead + step - 1n) / step) * step) as Decimal
}

/** How much is ahead, in short: ≈120 for an estimate, ≤120 for a bound, ? where nothing is known. */
export function aheadText(place: Place | undefined, step: Decimal): string {
  if (!place || place.ahead === null) return '?'
  const ahead = rounded(place.ahead, step)
  const figure = ahead >= AHEAD_MAX ? formatShort(toNumber(ahead)) : formatExact(ahead)
  return `${place.kind === 'estimate' || ahead === 0n ? '≈' : '≤'}${figure}`
}

/** The same for reading out. */
export function aheadWords(place: Place | undefined, step: Decimal): string {
  if (!place || place.ahead === null) return 'place in the queue not known'
  const ahead = formatExact(rounded(place.ahead, step))
  return place.kind === 'estimate'
    ? `≈${ahead} ahead`
    : `at most ${ahead} ahead: it was there before this page`
}

function nearest(places: readonly (Place | undefined)[]): Place | undefined {
  let best: Place | undefined
  for (const place of places) {
    if (place?.ahead == null) continue
    if (best?.ahead == null || place.ahead < best.ahead) best = place
  }
  return best
}

/** One's own orders of a side by row. */
export function ownCells(
  open: ReadonlyMap<string, Order>,
  queue: ReadonlyMap<string, Place>,
  flights: readonly Flight[],
  market: { readonly ticker: Ticker; readonly side: Side; readonly unit: Decimal; readonly step: Decimal },
): ReadonlyMap<bigint, OwnCell> {
  const { ticker, side, unit, step } = market
  const leaving = new Set(flights.flatMap((flight) => flight.leaving))
  const rows = new Map<bigint, Order[]>()
  for (const order of open.values()) {
    if (order.ticker !== ticker || order.side !== side || order.price === null || !isResting(order)) continue
    const row = groupOf(order.price, side, unit)
    const there = rows.get(row)
    if (there) there.push(order)
    else rows.set(row, [order])
  }
  const cells = new Map<bigint, OwnCell>()
  for (const [row, orders] of rows) {
    const places = orders.map((order) => queue.get(order.order_id))
    const rest = (order: Order) => subtract(order.quantity, order.filled_quantity)
    const each = orders.map(
      (order, place) => `${formatExact(rest(order))} (${aheadWords(places[place], step)})`,
    )
    cells.set(row, {
      orders,
      quantity: orders.reduce((sum, order) => add(sum, rest(order)), ZERO),
      ahead: aheadText(nearest(places), step),
      words: `Your ${orders.length === 1 ? 'order' : `${orders.length} orders`}: ${each.join(', ')}`,
      leaving: orders.every((order) => leaving.has(order.order_id)),
    })
  }
  return cells
}

/** What is on its way to rest, by row of a side; what the stream shows already is there. */
export function coming(
  flights: readonly Flight[],
  open: ReadonlyMap<string, Order>,
  market: { readonly ticker: Ticker; readonly side: Side; readonly unit: Decimal },
): ReadonlyMap<bigint, Decimal> {
  const rows = new Map<bigint, Decimal>()
  const mine = flights.filter((flight) => flight.ticker === market.ticker && flight.side === market.side)
  if (mine.length === 0) return rows
  const known = new Set([...open.values()].map((order) => order.client_order_id))
  for (const { price, quantity, clientOrderId } of mine) {
    if (price === null || (clientOrderId !== null && known.has(clientOrderId))) continue
    const row = groupOf(price, market.side, market.unit)
    rows.set(row, add(rows.get(row) ?? ZERO, quantity))
  }
  return rows
}
