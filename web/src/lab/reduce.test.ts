import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  AGENT_CONFIGS,
  AGENT_STATS,
  HELLO,
  heard,
  KLINE,
  MARKET_DATA,
  NEWS,
  ORDERBOOK,
  SIMULATION,
  TRADE,
} from '@/lab/examples'
import type { LabCandle, LabTrade } from '@/lab/messages'
import type { Past } from '@/lab/past'
import { reduceLab, withCandle } from '@/lab/reduce'
import { CANDLES_KEPT, EMPTY_LAB, type LabState, TAPE_MAX } from '@/lab/state'
import { decimalOf } from '@/wire/decimal'

const after = (state: LabState, message: object, other: object = {}): LabState =>
  reduceLab(state, { kind: 'message', message: heard(message, other) })
const aTrade = (number: number) => ({ sequence: number, trade_id: number })
const numbers = (state: LabState) => (state.tapes.get('BTC/USD') ?? []).map((trade) => Number(trade.trade_id))
const past = (...ids: number[]): LabTrade[] =>
  ids.map((id) => heard(TRADE, aTrade(id)) as unknown as LabTrade)

const running = after(after(EMPTY_LAB, HELLO), SIMULATION)

test('a greeting says whether this connection may steer; a lost one steers nothing', () => {
  const state = after(EMPTY_LAB, HELLO, { control: true })
  expect(state).toMatchObject({ link: 'open', control: true, counts: { connections: 1 } })
  expect(reduceLab(state, { kind: 'closed' })).toMatchObject({ link: 'lost', control: false })
  expect(reduceLab(reduceLab(state, { kind: 'closed' }), { kind: 'connecting' }).link).toBe('lost')
})

test('the newest of each channel is what is shown', () => {
  const state = after(after(running, MARKET_DATA), ORDERBOOK)
  expect(state.markets.get('BTC/USD')?.last_price).toBe(decimalOf('50000.5'))
  expect(state.books.get('BTC/USD')?.bids[1]).toEqual({
    price: decimalOf('49998.5'),
    quantity: decimalOf('0.7'),
  })
})

test('the same number again changes nothing: the newest is told once more', () => {
  const state = after(running, TRADE)
  expect(after(state, TRADE)).toBe(state)
})

test('trades that were left out are counted, and what stood before the hole is gone', () => {
  const state = after(after(after(running, TRADE, aTrade(1)), TRADE, aTrade(2)), TRADE, aTrade(5))
  expect(numbers(state)).toEqual([5])
  expect(state.counts.missed).toBe(2)
})

test('trades that were asked for fill the hole, each once and in their order', () => {
  const state = after(running, TRADE, aTrade(5))
  expect(
    numbers(reduceLab(state, { kind: 'past_trades', symbol: 'BTC/USD', trades: past(3, 4, 5) })),
  ).toEqual([5, 4, 3])
  // What is not in a row with the newest is no part of it.
  expect(
    numbers(reduceLab(state, { kind: 'past_trades', symbol: 'BTC/USD', trades: past(1, 2, 4) })),
  ).toEqual([5, 4])
})

test('a tape is bounded', () => {
  let state = running
  for (let number = 1; number <= TAPE_MAX + 20; number += 1) state = after(state, TRADE, aTrade(number))
  expect(numbers(state)).toHaveLength(TAPE_MAX)
  expect(numbers(state)[0]).toBe(TAPE_MAX + 20)
})

test('another run begins from nothing, but for the connection', () => {
  const before = after(after(after(running, TRADE), NEWS), AGENT_STATS)
  const state = after(before, SIMULATION, { run: 'another', sequence: 8 })
  expect(state.simulation?.run).toBe('another')
  expect(state).toMatchObject({ link: 'open', news: [], marks: [], stats: null, profit: { samples: [] } })
  expect(state.tapes.size).toBe(0)
  // The line is drawn anew, not gone on with.
  expect(state.profit.redrawn).toBeGreaterThan(before.profit.redrawn)
  expect(numbers(after(state, TRADE, aTrade(1)))).toEqual([1])
})

test('a channel that counts anew forgets what it told, whichever message came first', () => {
  const state = after(after(running, TRADE, aTrade(900)), TRADE, aTrade(1))
  expect(numbers(state)).toEqual([1])
  expect(state.counts.missed).toBe(0)
})

test('a candle grows, a new one follows, an older one closes in its place', () => {
  const k = KLINE.k
  const grown = after(after(running, KLINE), KLINE, { sequence: 13, k: { ...k, c: '50002.00', n: 15 } })
  const next = after(grown, KLINE, { sequence: 14, k: { ...k, t: k.t + 60_000, n: 1 } })
  const closed = after(next, KLINE, { sequence: 15, k: { ...k, c: '50003.00', n: 16, x: true } })
  expect(closed.candles.get('1m BTC/USD')).toMatchObject([
    { timestamp: k.t, close: decimalOf('50003'), trades: 16 },
    { timestamp: k.t + 60_000 },
  ])
})

test('candles stay sorted, each time once, the one with most trades, whatever comes', () => {
  const candle = fc.record({
    timestamp: fc.integer({ min: 0, max: 30 }),
    trades: fc.integer({ min: 1, max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(candle), (told) => {
      const kept = told.reduce<readonly LabCandle[]>(
        (so, one) => withCandle(so, one as unknown as LabCandle),
        [],
      )
      const most = new Map<number, number>()
      for (const { timestamp, trades } of told)
        most.set(timestamp, Math.max(trades, most.get(timestamp) ?? 0))
      expect(kept.map(({ timestamp, trades }) => [timestamp, trades])).toEqual(
        [...most].sort(([a], [b]) => a - b),
      )
      expect(kept.length).toBeLessThanOrEqual(CANDLES_KEPT)
    }),
  )
})

test('agents that come, change and leave are marked; the first list is nobody coming', () => {
  const [makers] = AGENT_CONFIGS.configs
  const shock = { agent_id: 'shock 1', agent_type: 'block', count: 1, buy: false, lots: 5 }
  const first = after(running, AGENT_CONFIGS)
  expect(first.marks).toEqual([])
  const second = after(first, AGENT_CONFIGS, { sequence: 2, configs: [{ ...makers, spread: 0.1 }, shock] })
  const third = after(second, AGENT_CONFIGS, {
    sequence: 3,
    configs: [shock],
    timestamp: 1_795_305_700_000_000,
  })
  expect(third.marks.map(({ kind, words }) => [kind, words])).toEqual([
    ['change', 'makers changed: spread'],
    ['shock', 'Sell shock: shock 1'],
    ['leave', '5 × makers (symmetric_maker) left'],
  ])
  expect(third.marks.at(-1)?.time).toBe(1_795_305_700_000)
})

test('what happened before is marked once, in its order, and only of the run that is shown', () => {
  const news = { timestamp: NEWS.timestamp, do: 'news', symbol: NEWS.symbol, text: NEWS.text } as const
  const early = { timestamp: 1_795_305_600_500_000, agent_id: 'late', agent_type: 'noise', count: 2 }
  const past: Past = {
    samples: [{ time: 1_795_305_600, values: new Map([['makers', 1]]) }],
    happened: [{ ...early, do: 'enter' }, { ...early, do: 'change', keys: ['spread'] }, news],
  }
  const before = after(after(running, NEWS), AGENT_STATS)
  const run = before.simulation?.run ?? ''
  expect(reduceLab(before, { kind: 'past', run: 'another', past })).toBe(before)
  const state = reduceLab(before, { kind: 'past', run, past })
  expect(state.marks.map(({ words }) => words)).toEqual([
    '2 × late (noise) came',
    'late changed: spread',
    'a large buyer',
  ])
  expect(state.profit.samples.map(({ time }) => time)).toEqual([
    1_795_305_600,
    ...before.profit.samples.map(({ time }) => time),
  ])
  expect(reduceLab(state, { kind: 'past', run, past }).marks).toBe(state.marks)
})

test('news are listed newest first and marked at their time', () => {
  const state = after(after(running, NEWS), NEWS, { sequence: 3, text: 'it sells again' })
  expect(state.news.map((news) => news.text)).toEqual(['it sells again', 'a large buyer'])
  expect(state.marks).toHaveLength(2)
})

test('what agents earned is kept moment by moment', () => {
  const state = after(after(running, AGENT_STATS), AGENT_STATS, {
    sequence: 10,
    timestamp: 1_795_305_602_234_567,
  })
  expect(state.profit.samples.map((sample) => sample.values.get('makers'))).toEqual([12.5, 12.5])
})
