import { beforeEach, expect, test, vi } from 'vitest'
import { type FeedChange, LabFeed, merged } from '@/lab/feed'
import type { LabCandle } from '@/lab/messages'
import { CANDLES_KEPT } from '@/lab/state'

const candle = (timestamp: number, trades = 1) => ({ timestamp, trades }) as LabCandle

let history: LabCandle[] = []
let asked = 0
const load = async () => {
  asked += 1
  return history
}

async function aFeed(): Promise<{ feed: LabFeed; changes: FeedChange[] }> {
  const feed = new LabFeed({ symbol: 'BTC/USD', frame: '1m', load })
  const changes: FeedChange[] = []
  feed.start()
  await vi.waitFor(() => expect(feed.status.getState().phase).toBe('ready'))
  feed.listen((change) => changes.push(change))
  return { feed, changes }
}

beforeEach(() => {
  history = [candle(1), candle(2), candle(3)]
  asked = 0
})

test('of one moment, the candle with more trades in it is the newer one', () => {
  expect(merged([candle(1, 5), candle(2, 5)], [candle(2, 4), candle(3)])).toEqual([
    candle(1, 5),
    candle(2, 5),
    candle(3),
  ])
})

test('the stream goes on where the history ends, and only the end is told of', async () => {
  const { feed, changes } = await aFeed()
  feed.see([candle(3, 2), candle(4)])
  expect(feed.candles).toEqual([candle(1), candle(2), candle(3, 2), candle(4)])
  expect(changes).toEqual([{ kind: 'tail', from: 2 }])
})

test('what the stream tells a second time tells nobody anything', async () => {
  const { feed, changes } = await aFeed()
  const tail = [candle(4)]
  feed.see(tail)
  feed.see([...tail])
  expect(changes).toHaveLength(1)
})

test('where there may be a hole the history is asked for again', async () => {
  const { feed } = await aFeed()
  feed.see(Array.from({ length: CANDLES_KEPT }, (_, place) => candle(100 + place)))
  expect(asked).toBe(2)
})

test('a history that cannot be had is told, and tried again', async () => {
  vi.useFakeTimers()
  const failing = vi
    .fn()
    .mockRejectedValueOnce(new Error('away'))
    .mockResolvedValue([candle(1)])
  const feed = new LabFeed({ symbol: 'BTC/USD', frame: '1m', load: failing })
  feed.start()
  await vi.advanceTimersByTimeAsync(0)
  expect(feed.status.getState().phase).toBe('failed')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(feed.status.getState()).toMatchObject({ phase: 'ready', empty: false })
  feed.stop()
  vi.useRealTimers()
})
