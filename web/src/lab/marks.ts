/** What agents that came, changed and left are called on the chart. Pure. */
import type { AgentConfig } from '@/lab/messages'
import type { LabMark } from '@/lab/state'

/** A large order that somebody sent in is a group of its own, which does nothing else. */
const SHOCK_TYPES: ReadonlySet<string> = new Set(['block', 'shock'])

const nameOf = ({ agent_id, agent_type, count }: AgentConfig): string =>
  `${count > 1 ? `${count.toLocaleString('en')} × ` : ''}${agent_id} (${agent_type})`

const sideOf = (config: AgentConfig): string =>
  config.buy === true || config.side === 'buy'
    ? 'Buy'
    : config.buy === false || config.side === 'sell'
      ? 'Sell'
      : 'Large'

function entered(config: AgentConfig, time: number): LabMark {
  const shock = SHOCK_TYPES.has(config.agent_type)
  return {
    key: `enter ${config.agent_id} ${time}`,
    kind: shock ? 'shock' : 'enter',
    time,
    symbol: null,
    words: shock ? `${sideOf(config)} shock: ${config.agent_id}` : `${nameOf(config)} came`,
  }
}

/** What happened between two lists of agents. */
export function changesOf(
  before: readonly AgentConfig[],
  now: readonly AgentConfig[],
  time: number,
): readonly LabMark[] {
  const known = new Map(before.map((config) => [config.agent_id, config]))
  const marks: LabMark[] = []
  for (const config of now) {
    const old = known.get(config.agent_id)
    known.delete(config.agent_id)
    if (!old) marks.push(entered(config, time))
    else if (JSON.stringify(old) !== JSON.stringify(config)) {
      marks.push({
        key: `change ${config.agent_id} ${time}`,
        kind: 'change',
        time,
        symbol: null,
        words: `${config.agent_id} changed: ${changedKeys(old, config).join(', ')}`,
      })
    }
  }
  for (const config of known.values()) {
    marks.push({
      key: `leave ${config.agent_id} ${time}`,
      kind: 'leave',
      time,
      symbol: null,
      words: `${nameOf(config)} left`,
    })
  }
  return marks
}

function changedKeys(old: AgentConfig, now: AgentConfig): string[] {
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]),
  )
}
