/** The lines of the leaderboard: who stands where, how that changed, and how far apart they are. */
import { type Decimal, larger, smaller, subtract, toNumber, ZERO } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import { asTicker } from '@/wire/reading'
import type { Leader } from '@/wire/views'

/** What accounts were worth, by user: pairs of a time and a value, oldest first. */
export type LeaderHistory = Readonly<Record<string, readonly (readonly [number, Decimal])[]>>

export interface Line {
  readonly user_id: string
  readonly username: string
  readonly rank: number
  readonly cash: Decimal
  readonly total: Decimal
  /** Largest quantity first. */
  readonly holdings: readonly { readonly ticker: Ticker; readonly quantity: Decimal }[]
  /** Since the oldest that is known of the range; null where nothing is. */
  readonly change: { readonly difference: Decimal; readonly part: number } | null
  /** What it was worth, oldest first, and now. */
  readonly trend: readonly number[]
  /** Where the total lies between the lowest that is shown, 0, and the highest, 1. */
  readonly place: number
  readonly isOwn: boolean
}

interface Field {
  readonly lowest: Decimal
  readonly highest: Decimal
}

function placeOf(total: Decimal, { lowest, highest }: Field): number {
  const span = toNumber(subtract(highest, lowest))
  return span > 0 ? toNumber(subtract(total, lowest)) / span : 1
}

/** The newest of the past is what it was worth when that was asked for: what it is worth now takes its place. */
function trendOf(past: readonly (readonly [number, Decimal])[], total: Decimal): readonly number[] {
  const before = past.length > 1 ? past.slice(0, -1) : past
  return before.length === 0 ? [] : [...before.map(([, worth]) => toNumber(worth)), toNumber(total)]
}

function lineOf(leader: Leader, field: Field, history: LeaderHistory, me: string | null): Line {
  const total = leader.total_value
  const past = history[leader.user_id] ?? []
  const before = past[0]?.[1] ?? null
  const difference = before === null ? null : subtract(total, before)
  return {
    user_id: leader.user_id,
    username: leader.username,
    rank: leader.rank,
    cash: leader.cash,
    total,
    holdings: Object.entries(leader.holdings)
      .map(([ticker, quantity]) => ({ ticker: asTicker(ticker), quantity }))
      .sort((a, b) => (a.quantity < b.quantity ? 1 : a.quantity > b.quantity ? -1 : 0)),
    change:
      difference === null || before === null
        ? null
        : { difference, part: before > 0n ? toNumber(difference) / toNumber(before) : 0 },
    trend: trendOf(past, total),
    place: placeOf(total, field),
    isOwn: leader.user_id === me,
  }
}

/**
 * The lines as they are shown, best first; and the reader's own apart, where it is beyond them.
 *
 * `own` is what the venue says of who asks; `me` is that user's id.
 */
export function standingsOf(
  leaders: readonly Leader[],
  own: Leader | null,
  history: LeaderHistory,
  me: string | null,
): { readonly lines: readonly Line[]; readonly beyond: Line | null } {
  const isListed = leaders.some((leader) => leader.user_id === me)
  const beyond = own !== null && own.user_id === me && !isListed ? own : null
  const totals = [...leaders, ...(beyond ? [beyond] : [])].map((leader) => leader.total_value)
  const field = { lowest: totals.reduce(smaller, totals[0] ?? ZERO), highest: totals.reduce(larger, ZERO) }
  return {
    lines: leaders.map((leader) => lineOf(leader, field, history, me)),
    beyond: beyond && lineOf(beyond, field, history, me),
  }
}
