/** The rows in sight, with all that stands in them. Pure: equal things give equal fields, so that rows stay as they are. */

import { barOf } from '@/format/bars'
import { cellsOf, rowsOf, type Span } from '@/pages/trade/ladder/grid'
import type { RowData } from '@/pages/trade/ladder/ladder-row'
import type { OwnCell } from '@/pages/trade/ladder/own'
import type { Moving } from '@/pages/trade/ladder/use-moving'
import type { RowVolume } from '@/pages/trade/ladder/volume'
import type { Book } from '@/stream/book'
import { groupOf, priceOfGroup } from '@/trading/grouping'
import { add, type Decimal, larger, ZERO } from '@/wire/decimal'
import type { Side } from '@/wire/reading'
import type { Trade } from '@/wire/views'

export interface SideCells {
  readonly own: ReadonlyMap<bigint, OwnCell>
  readonly coming: ReadonlyMap<bigint, Decimal>
}

export interface Sight {
  readonly name: string
  readonly span: Span
  readonly unit: Decimal
  readonly step: Decimal
  readonly book: Book
  readonly volumes: ReadonlyMap<bigint, RowVolume>
  readonly buy: SideCells
  readonly sell: SideCells
  readonly last: Trade | null
  readonly cursor: bigint | null
  readonly entry: Decimal | null
  readonly moving: Moving | null
  readonly armed: boolean
}

/** The row of a trade: where the order rested that it took from. */
const rowOfTrade = (trade: Trade, unit: Decimal): bigint =>
  groupOf(trade.price, trade.side === 'buy' ? 'sell' : 'buy', unit)

const mostOf = (cells: Iterable<Decimal>): Decimal => {
  let most = ZERO
  for (const cell of cells) most = larger(most, cell)
  return most
}

/** What is on its way to a row, with what is carried over it now. */
function comingTo(row: bigint, side: Side, { moving, ...sight }: Sight): Decimal | null {
  const sent = sight[side].coming.get(row) ?? null
  if (moving?.side !== side || moving.to !== row) return sent
  const carried = sight[side].own.get(moving.from)?.quantity ?? null
  return carried === null ? sent : add(carried, sent ?? ZERO)
}

function leavingFrom(row: bigint, { moving, buy, sell }: Sight): RowData['leaving'] {
  const gone = (side: Side, own: SideCells['own']) =>
    own.get(row)?.leaving === true || (moving?.side === side && moving.from === row && moving.to !== row)
  const bid = gone('buy', buy.own)
  const ask = gone('sell', sell.own)
  return bid && ask ? 'both' : bid ? 'buy' : ask ? 'sell' : null
}

const ownFields = (bid: OwnCell | undefined, ask: OwnCell | undefined) => ({
  ownBid: bid?.quantity ?? null,
  ownBidAhead: bid?.ahead ?? '',
  ownBidWords: bid?.words ?? '',
  ownAsk: ask?.quantity ?? null,
  ownAskAhead: ask?.ahead ?? '',
  ownAskWords: ask?.words ?? '',
})

const volumeFields = (volume: RowVolume | undefined, most: Decimal) => ({
  volume: volume ? add(volume.bought, volume.sold) : null,
  boughtBar: barOf(volume?.bought ?? ZERO, most),
  soldBar: barOf(volume?.sold ?? ZERO, most),
})

const lastFields = (last: Trade | null) => ({
  lastId: last?.trade_id ?? null,
  lastSide: last?.side ?? null,
  lastSize: last?.quantity ?? null,
})

/** The rows in sight, from the top down. */
export function ladderRows(sight: Sight): RowData[] {
  const { name, span, unit, step, book, volumes, buy, sell, last, cursor, entry, armed } = sight
  const bids = cellsOf(book.bids, 'buy', unit, span)
  const asks = cellsOf(book.asks, 'sell', unit, span)
  const most = larger(mostOf(bids.values()), mostOf(asks.values()))
  const rows = rowsOf(span)
  const traded = rows.map((row) => volumes.get(row))
  const mostTraded = mostOf(traded.map((one) => (one ? add(one.bought, one.sold) : ZERO)))
  const bestBid = book.bids[0] ? groupOf(book.bids[0].price, 'buy', unit) : null
  const bestAsk = book.asks[0] ? groupOf(book.asks[0].price, 'sell', unit) : null
  const lastRow = last ? rowOfTrade(last, unit) : null
  const entryRow = entry === null ? null : groupOf(entry, 'buy', unit)
  return rows.map((row, place): RowData => {
    const bid = bids.get(row) ?? null
    const ask = asks.get(row) ?? null
    return {
      id: `${name}-${row}`,
      row,
      price: priceOfGroup(row, unit),
      step,
      bid,
      ask,
      bidBar: barOf(bid ?? ZERO, most),
      askBar: barOf(ask ?? ZERO, most),
      best: row === bestBid ? 'buy' : row === bestAsk ? 'sell' : null,
      ...ownFields(buy.own.get(row), sell.own.get(row)),
      leaving: leavingFrom(row, sight),
      comingBid: comingTo(row, 'buy', sight),
      comingAsk: comingTo(row, 'sell', sight),
      ...volumeFields(traded[place], mostTraded),
      ...lastFields(row === lastRow ? last : null),
      cursor: row === cursor,
      entry: row === entryRow,
      armed,
    }
  })
}
