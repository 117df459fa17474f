/** What was traded at each price, by who came to the market. Pure, and every trade counts once. */
import { groupOf } from '@/trading/grouping'
import { add, type Decimal, ZERO } from '@/wire/decimal'
import type { Sequence } from '@/wire/reading'
import type { Trade } from '@/wire/views'

interface Traded {
  readonly price: Decimal
  readonly bought: Decimal
  readonly sold: Decimal
}

export interface Profile {
  readonly newest: Sequence | null
  readonly prices: ReadonlyMap<Decimal, Traded>
}

export const NO_PROFILE: Profile = { newest: null, prices: new Map() }

/** With trades, newest first, of which those that were counted are left out. The same object where none is new. */
export function withTrades(profile: Profile, trades: readonly Trade[]): Profile {
  const newest = trades[0]?.trade_id
  if (newest === undefined || (profile.newest !== null && newest <= profile.newest)) return profile
  const prices = new Map(profile.prices)
  for (const { trade_id, price, quantity, side } of trades) {
    if (profile.newest !== null && trade_id <= profile.newest) break
    const before = prices.get(price) ?? { price, bought: ZERO, sold: ZERO }
    prices.set(
      price,
      side === 'sell'
        ? { ...before, sold: add(before.sold, quantity) }
        : { ...before, bought: add(before.bought, quantity) },
    )
  }
  return { newest, prices }
}

export interface RowVolume {
  readonly bought: Decimal
  readonly sold: Decimal
}

/** By rows of the ladder: what was bought belongs to the asks' row, what was sold to the bids'. */
export function volumeRows(profile: Profile, unit: Decimal): ReadonlyMap<bigint, RowVolume> {
  const rows = new Map<bigint, RowVolume>()
  const put = (row: bigint, bought: Decimal, sold: Decimal) => {
    const before = rows.get(row)
    rows.set(row, { bought: add(before?.bought ?? ZERO, bought), sold: add(before?.sold ?? ZERO, sold) })
  }
  for (const { price, bought, sold } of profile.prices.values()) {
    if (bought > 0n) put(groupOf(price, 'sell', unit), bought, ZERO)
    if (sold > 0n) put(groupOf(price, 'buy', unit), ZERO, sold)
  }
  return rows
}
