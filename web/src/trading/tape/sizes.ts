/** Which trades are unusually large among those that are shown. Pure. */
import { type Decimal, toNumber } from '@/wire/decimal'
import type { Trade } from '@/wire/views'

/** What the tape shows of a trade. */
export type Print = Pick<Trade, 'trade_id' | 'price' | 'quantity' | 'side' | 'timestamp'>

/** Trades that say what is usual: the newest. */
const USUAL_OF = 200
/** So many times the median is unusual. */
const UNUSUAL_TIMES = 3n
/** Fewer trades than these say nothing of what is usual. */
const USUAL_LEAST = 10

export interface Scale {
  /** From here on a trade is large; null while nothing is known. */
  readonly large: Decimal | null
  readonly most: Decimal
}

/** The scale of the newest trades. */
export function scaleOf(trades: readonly Pick<Print, 'quantity'>[]): Scale {
  const sizes = trades
    .slice(0, USUAL_OF)
    .map((trade) => trade.quantity)
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const most = sizes.at(-1) ?? (0n as Decimal)
  const median = sizes[sizes.length >> 1]
  if (median === undefined || sizes.length < USUAL_LEAST) return { large: null, most }
  return { large: (median * UNUSUAL_TIMES) as Decimal, most }
}

/** How long the bar behind a size is, from 0 to 100; none behind a usual one. */
export function barOfSize(quantity: Decimal, { large, most }: Scale): number {
  if (large === null || quantity < large || most <= 0n) return 0
  return Math.min(100, Math.round((toNumber(quantity) / toNumber(most)) * 100))
}

/** Those of at least a size. The same array where there is no such least. */
export const ofLeast = <One extends Print>(trades: readonly One[], least: Decimal | null): readonly One[] =>
  least === null || least <= 0n ? trades : trades.filter((trade) => trade.quantity >= least)

/** How many trades at the head came since another one was the newest; all of them where that is gone. */
export function newSince(trades: readonly Pick<Print, 'trade_id'>[], newest: bigint | null): number {
  if (newest === null) return 0
  const place = trades.findIndex((trade) => trade.trade_id <= newest)
  return place < 0 ? trades.length : place
}
