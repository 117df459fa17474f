/** The rows of the table of agents, and how they are sorted. Pure. */
import type { AgentConfig, AgentStats } from '@/lab/messages'
import { type Profit, recent } from '@/lab/profit'

export const SPARK_SAMPLES = 60

export interface AgentRow {
  readonly id: string
  readonly type: string
  readonly count: number
  /** Its place in the simulation's list: its colour. */
  readonly place: number
  /** None before the first figures came. */
  readonly stats: AgentStats | null
  readonly spark: readonly number[]
}

/** What runs, in the simulation's order: who is set up, with figures where there are some. */
export function rowsOf(
  configs: readonly AgentConfig[] | null,
  stats: readonly AgentStats[] | null,
  profit: Profit,
): AgentRow[] {
  const figures = new Map((stats ?? []).map((one) => [one.agent_id, one]))
  const places = new Map((stats ?? []).map((one, place) => [one.agent_id, place]))
  const row = (id: string, type: string, count: number, place: number): AgentRow => ({
    id,
    type,
    count,
    place: places.get(id) ?? place,
    stats: figures.get(id) ?? null,
    spark: recent(profit, id, SPARK_SAMPLES),
  })
  const known = new Set((configs ?? []).map((config) => config.agent_id))
  return [
    ...(configs ?? []).map((config, place) => row(config.agent_id, config.agent_type, config.count, place)),
    // Those that left have figures still: what they hold is part of the sum.
    ...(stats ?? [])
      .filter((one) => !known.has(one.agent_id))
      .map((one) => row(one.agent_id, one.agent_type, one.count, 0)),
  ]
}

export type SortKey = 'id' | 'type' | 'count' | 'position' | 'pnl' | 'volume' | 'trades' | 'orders'
export interface Sort {
  readonly key: SortKey | null
  readonly descending: boolean
}

const VALUE: Readonly<Record<SortKey, (row: AgentRow) => string | number | bigint>> = {
  id: (row) => row.id,
  type: (row) => row.type,
  count: (row) => row.count,
  position: (row) => row.stats?.position ?? 0n,
  pnl: (row) => row.stats?.pnl ?? 0n,
  volume: (row) => row.stats?.total_volume ?? 0n,
  trades: (row) => row.stats?.total_trades ?? 0,
  orders: (row) => row.stats?.active_orders ?? 0,
}

/** The rows in the order that was asked for; the simulation's own where none was. */
export function sortedRows(rows: readonly AgentRow[], { key, descending }: Sort): readonly AgentRow[] {
  if (key === null) return rows
  const value = VALUE[key]
  return rows.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)]
    const order = left < right ? -1 : left > right ? 1 : 0
    return descending ? -order : order
  })
}

/** A name that nobody has: the type, and the next number. */
export function freshName(type: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const name = `${type}_${number}`
    if (!taken.has(name)) return name
  }
}
