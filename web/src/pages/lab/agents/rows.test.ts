import { expect, test } from 'vitest'
import { AGENT_CONFIGS, AGENT_STATS, heard } from '@/lab/examples'
import type { AgentConfig, AgentStats } from '@/lab/messages'
import { NO_PROFIT, withSample } from '@/lab/profit'
import { freshName, rowsOf, sortedRows } from '@/pages/lab/agents/rows'
import { decimalOf } from '@/wire/decimal'

const config = (agent_id: string): AgentConfig => ({ ...(AGENT_CONFIGS.configs[0] as AgentConfig), agent_id })
const stats = (agent_id: string, pnl: number): AgentStats => {
  const message = heard(AGENT_STATS)
  const [first] = message.type === 'agent_stats' ? message.agents : []
  if (!first) throw new Error('no example')
  return { ...first, agent_id, pnl: decimalOf(pnl) }
}

test('who is set up has figures where there are some, and who left is there still', () => {
  const profit = withSample(NO_PROFIT, { time: 1, values: new Map([['makers', 5]]) })
  const rows = rowsOf([config('makers'), config('fresh')], [stats('gone', -1), stats('makers', 2)], profit)
  expect(
    rows.map(({ id, stats: figures, place, spark }) => [id, figures?.pnl ?? null, place, spark]),
  ).toEqual([
    ['makers', decimalOf(2), 1, [5]],
    ['fresh', null, 1, []],
    ['gone', decimalOf(-1), 0, []],
  ])
})

test('rows are sorted by any figure, and stand as the simulation lists them otherwise', () => {
  const rows = rowsOf(
    [config('b'), config('a'), config('c')],
    [stats('b', 1), stats('a', -3), stats('c', 2)],
    NO_PROFIT,
  )
  const order = (sort: Parameters<typeof sortedRows>[1]) =>
    sortedRows(rows, sort)
      .map(({ id }) => id)
      .join('')
  expect(order({ key: null, descending: false })).toBe('bac')
  expect(order({ key: 'pnl', descending: true })).toBe('cba')
  expect(order({ key: 'id', descending: false })).toBe('abc')
})

test('a fresh name is one that nobody has', () => {
  expect(freshName('noise', new Set(['noise_1', 'noise_2']))).toBe('noise_3')
})
