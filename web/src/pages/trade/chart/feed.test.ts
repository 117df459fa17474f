import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Change } from '@/pages/trade/chart/candles'
import { CandleFeed, KEPT_MAX } from '@/pages/trade/chart/feed'
import { CANDLES_MAX, type getCandles, type Interval } from '@/wire/api'
import { decimalOf } from '@/wire/decimal'
import { asSequence, asTicker } from '@/wire/reading'
import type { Candle, Trade } from '@/wire/views'

const trade = (id: number, timestamp: number, price = 10): Trade => ({
  trade_id: asSequence(id),
  ticker: asTicker('FUN'),
  price: decimalOf(price),
  quantity: decimalOf(1),
  buyer_id: 'b',
  seller_id: 's',
  side: 'buy',
  timestamp,
})

const candle = (timestamp: number, volume = 1, price = 10): Candle => {
  const at = decimalOf(price)
  return { timestamp, open: at, high: at, low: at, close: at, volume: decimalOf(volume) }
}

const minutes = (first: number, count: number): Candle[] =>
  Array.from({ length: count }, (_, place) => candle((first + place) * 60_000))

type Answer = Awaited<ReturnType<typeof getCandles>>

/** A venue that answers when it is told to. */
function surroundings(interval: Interval = '1m') {
  const asked: {
    range: { start?: number; end?: number }
    answer: (answer: Answer) => void
    fail: () => void
  }[] = []
  const here = { tape: [] as Trade[] }
  const feed = new CandleFeed({
    ticker: asTicker('FUN'),
    interval,
    load: (_ticker, _interval, range = {}) =>
      new Promise((resolve, reject) =>
        asked.push({ range, answer: resolve, fail: () => reject(new Error('away')) }),
      ),
    tape: () => here.tape,
  })
  const changes: Change[] = []
  feed.listen((change) => changes.push(change))
  const answer = async (candles: Candle[], sequence: number) => {
    asked.shift()?.answer({ candles, sequence: asSequence(sequence) })
    await vi.advanceTimersByTimeAsync(0)
  }
  const trades = (...newestFirst: Trade[]) => {
    here.tape = [...newestFirst, ...here.tape]
    feed.see(here.tape)
  }
  return { feed, asked, here, changes, answer, trades }
}

const volumes = (feed: CandleFeed) =>
  feed.candles.map(({ timestamp, volume }) => [timestamp / 60_000, Number(volume / 10n ** 18n)])

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('history comes first, then the trades after it', async () => {
  const { feed, answer, trades, here, changes } = surroundings()
  here.tape = [trade(40, 60_000)]
  feed.start()
  trades(trade(60, 62_000))
  expect(feed.status.getState().phase).toBe('loading')
  await answer([candle(60_000, 5)], 50)
  expect(feed.status.getState()).toMatchObject({ phase: 'ready', older: 'end', empty: false })
  expect(volumes(feed)).toEqual([[1, 6]])
  trades(trade(70, 125_000), trade(61, 63_000))
  expect(volumes(feed)).toEqual([
    [1, 7],
    [2, 1],
  ])
  expect(changes).toEqual([{ kind: 'all' }, { kind: 'tail', from: 0 }])
  feed.stop()
})

test('a trade that the answer has already is not counted again', async () => {
  const { feed, answer, trades, here, asked } = surroundings()
  here.tape = [trade(40, 60_000)]
  feed.start()
  await answer([candle(60_000, 5)], 50)
  trades(trade(50, 61_000))
  expect(volumes(feed)).toEqual([[1, 5]])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked).toHaveLength(0)
  feed.stop()
})

test('a tape that does not reach back has the newest asked for again before it is believed', async () => {
  const { feed, answer, here, asked } = surroundings()
  feed.start()
  await answer([candle(60_000, 5)], 50)
  here.tape = [trade(900, 300_000), trade(899, 299_000)]
  feed.see(here.tape)
  expect(volumes(feed)).toEqual([[1, 5]])
  await vi.advanceTimersByTimeAsync(250)
  expect(asked).toHaveLength(1)
  await answer([candle(60_000, 9), candle(240_000, 3), candle(300_000, 1)], 901)
  expect(volumes(feed)).toEqual([
    [1, 9],
    [4, 3],
    [5, 1],
  ])
  feed.stop()
})

test('after the connection came back the newest are asked for, and failures tried again', async () => {
  const { feed, answer, asked } = surroundings()
  feed.start()
  await answer(minutes(1, 30), 10)
  feed.again()
  expect(asked[0]?.range).toEqual({ start: 21 * 60_000 })
  asked.shift()?.fail()
  await vi.advanceTimersByTimeAsync(250)
  await answer([...minutes(21, 9), candle(30 * 60_000, 7)], 20)
  expect(volumes(feed).at(-1)).toEqual([30, 7])
  expect(feed.candles).toHaveLength(30)
  feed.stop()
})

test('older pages come one at a time, without doubles, until there are none', async () => {
  const { feed, answer, asked } = surroundings()
  feed.start()
  await answer(minutes(2_000, CANDLES_MAX), 10)
  expect(feed.status.getState().older).toBe('idle')
  void feed.loadOlder()
  void feed.loadOlder()
  expect(asked.map(({ range }) => range)).toEqual([{ end: 2_000 * 60_000 }])
  await answer(minutes(1_000, CANDLES_MAX), 10)
  expect(feed.candles).toHaveLength(2 * CANDLES_MAX)
  void feed.loadOlder()
  await answer(minutes(990, 10), 10)
  expect(feed.status.getState().older).toBe('end')
  void feed.loadOlder()
  expect(asked).toHaveLength(0)
  const times = feed.candles.map(({ timestamp }) => timestamp)
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
  feed.stop()
})

test('an older page that failed waits until somebody wants it', async () => {
  const { feed, answer, asked } = surroundings()
  feed.start()
  await answer(minutes(2_000, CANDLES_MAX), 10)
  void feed.loadOlder()
  asked.shift()?.fail()
  await vi.advanceTimersByTimeAsync(0)
  expect(feed.status.getState().older).toBe('failed')
  void feed.loadOlder()
  expect(asked).toHaveLength(0)
  void feed.loadOlder(true)
  expect(asked).toHaveLength(1)
  feed.stop()
})

test('a history that cannot be had says so, and is loaded when the connection is back', async () => {
  const { feed, answer, asked } = surroundings()
  feed.start()
  asked.shift()?.fail()
  await vi.advanceTimersByTimeAsync(0)
  expect(feed.status.getState().phase).toBe('failed')
  feed.again()
  expect(feed.status.getState().phase).toBe('loading')
  await answer(minutes(1, 2), 10)
  expect(feed.status.getState().phase).toBe('ready')
  feed.stop()
})

test('the first trade of a market begins its chart', async () => {
  const { feed, answer, trades, asked } = surroundings()
  feed.start()
  await answer([], 10)
  expect(feed.status.getState()).toMatchObject({ phase: 'ready', empty: true })
  trades(trade(20, 61_000))
  await vi.advanceTimersByTimeAsync(250)
  expect(asked).toHaveLength(1)
  await answer([candle(60_000, 1)], 20)
  expect(feed.status.getState().empty).toBe(false)
  trades(trade(21, 62_000))
  expect(volumes(feed)).toEqual([[1, 2]])
  feed.stop()
})

test('a feed that was stopped takes nothing in', async () => {
  const { feed, answer } = surroundings()
  feed.start()
  feed.stop()
  await answer(minutes(1, 2), 10)
  expect(feed.candles).toHaveLength(0)
})

test('no more is kept than the limit', async () => {
  const { feed, answer, trades } = surroundings('1s')
  feed.start()
  await answer(
    Array.from({ length: KEPT_MAX }, (_, second) => candle(second * 1_000)),
    10,
  )
  trades(trade(11, KEPT_MAX * 1_000), trade(10, 0))
  expect(feed.candles.length).toBeLessThan(KEPT_MAX)
  expect(feed.candles.at(-1)?.timestamp).toBe(KEPT_MAX * 1_000)
  feed.stop()
})
