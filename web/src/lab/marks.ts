/** What happened in a simulation, and what it is called on the chart. Pure. */
import * as v from 'valibot'
import type { AgentConfig } from '@/lab/messages'
import type { LabMark } from '@/lab/state'

const agents = {
  /** Microseconds of simulated time since 1970. */
  timestamp: v.number(),
  agent_id: v.string(),
  agent_type: v.string(),
  count: v.optional(v.number(), 1),
}

export const happened = v.variant('do', [
  v.object({ ...agents, do: v.literal('enter'), buy: v.optional(v.boolean()) }),
  v.object({ ...agents, do: v.literal('change'), keys: v.array(v.string()) }),
  v.object({ ...agents, do: v.literal('leave') }),
  v.object({
    timestamp: v.number(),
    do: v.literal('news'),
    symbol: v.nullable(v.string()),
    text: v.string(),
  }),
])
export type Happened = v.InferOutput<typeof happened>
type Came = Extract<Happened, { do: 'enter' }>

/** A large order that somebody sent in is a group of its own, which does nothing else. */
const SHOCK_TYPES: ReadonlySet<string> = new Set(['block', 'shock'])

const nameOf = ({ agent_id, agent_type, count }: Omit<Came, 'do'>): string =>
  `${count > 1 ? `${count.toLocaleString('en')} × ` : ''}${agent_id} (${agent_type})`

const sideOf = ({ buy }: Came): string => (buy === undefined ? 'Large' : buy ? 'Buy' : 'Sell')

const isShock = (one: Came): boolean => SHOCK_TYPES.has(one.agent_type)

function wordsOf(one: Happened): string {
  switch (one.do) {
    case 'enter':
      return isShock(one) ? `${sideOf(one)} shock: ${one.agent_id}` : `${nameOf(one)} came`
    case 'change':
      return `${one.agent_id} changed: ${one.keys.join(', ')}`
    case 'leave':
      return `${nameOf(one)} left`
    case 'news':
      return one.text
  }
}

export function markOf(one: Happened): LabMark {
  const news = one.do === 'news'
  return {
    // The same whether it was heard as it happened or asked for later.
    key: `${one.do} ${news ? `${one.symbol} ${one.text}` : one.agent_id} ${one.timestamp}`,
    kind: one.do === 'enter' && isShock(one) ? 'shock' : one.do,
    time: one.timestamp / 1_000,
    symbol: news ? one.symbol : null,
    words: wordsOf(one),
  }
}

/** What happened between two lists of agents. */
export function changesOf(
  before: readonly AgentConfig[],
  now: readonly AgentConfig[],
  timestamp: number,
): readonly Happened[] {
  const known = new Map(before.map((config) => [config.agent_id, config]))
  const found: Happened[] = []
  for (const config of now) {
    const old = known.get(config.agent_id)
    known.delete(config.agent_id)
    const named = namesOf(config, timestamp)
    if (!old) {
      const { buy } = config
      found.push({ ...named, do: 'enter', ...(typeof buy === 'boolean' ? { buy } : {}) })
    } else {
      const keys = changedKeys(old, config)
      if (keys.length > 0) found.push({ ...named, do: 'change', keys })
    }
  }
  for (const config of known.values()) found.push({ ...namesOf(config, timestamp), do: 'leave' })
  return found
}

const namesOf = ({ agent_id, agent_type, count }: AgentConfig, timestamp: number) => ({
  timestamp,
  agent_id,
  agent_type,
  count,
})

function changedKeys(old: AgentConfig, now: AgentConfig): string[] {
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]),
  )
}
