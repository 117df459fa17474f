import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  candleAt,
  changeOf,
  freshOf,
  placeOf,
  startOf,
  withNewest,
  withOlder,
  withTrades,
} from '@/pages/trade/chart/candles'
import { CANDLES_MAX, INTERVALS, type Interval, SECONDS } from '@/wire/api'
import { decimalOf } from '@/wire/decimal'
import { asSequence, asTicker } from '@/wire/reading'
import type { Candle, Trade } from '@/wire/views'

const trade = (id: number, timestamp: number, price: number | string, quantity: number): Trade => ({
  trade_id: asSequence(id),
  ticker: asTicker('FUN'),
  price: decimalOf(price),
  quantity: decimalOf(quantity),
  buyer_id: 'b',
  seller_id: 's',
  side: 'buy',
  timestamp,
})

const candle = (timestamp: number, [open, high, low, close]: number[], volume: number): Candle => ({
  timestamp,
  open: decimalOf(open ?? 0),
  high: decimalOf(high ?? 0),
  low: decimalOf(low ?? 0),
  close: decimalOf(close ?? 0),
  volume: decimalOf(volume),
})

/** A list after trades. */
function after(candles: readonly Candle[], trades: readonly Trade[], interval: Interval): Candle[] {
  const tail = withTrades(candles, trades, interval)
  return tail ? [...candles.slice(0, tail.from), ...tail.candles] : [...candles]
}

/** As the keeper of the venue does it: seconds first, then the intervals from the seconds. */
function asTheVenue(trades: readonly Trade[], interval: Interval): Candle[] {
  const candles = new Map<number, Candle>()
  for (const { timestamp, price, quantity } of trades) {
    const second = Math.floor(timestamp / 1_000)
    const start = (second - (second % SECONDS[interval])) * 1_000
    const there = candles.get(start)
    if (!there) {
      candles.set(start, {
        timestamp: start,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: quantity,
      })
      continue
    }
    if (price > there.high) there.high = price
    if (price < there.low) there.low = price
    there.close = price
    there.volume = (there.volume + quantity) as typeof quantity
  }
  return [...candles.values()].sort((a, b) => a.timestamp - b.timestamp)
}

test('a candle begins at a whole interval of UTC', () => {
  const time = Date.UTC(2026, 10, 21, 14, 47, 33, 812)
  expect(INTERVALS.map((interval) => new Date(startOf(time, interval)).toISOString().slice(11))).toEqual([
    '14:47:33.000Z',
    '14:47:00.000Z',
    '14:45:00.000Z',
    '14:45:00.000Z',
    '14:00:00.000Z',
    '00:00:00.000Z',
  ])
})

test('a trade grows the newest candle', () => {
  const candles = [candle(60_000, [10, 11, 9, 10], 5)]
  expect(after(candles, [trade(7, 61_000, 8, 2), trade(8, 119_999, 12, 1)], '1m')).toEqual([
    candle(60_000, [10, 12, 8, 12], 8),
  ])
})

test('a trade in a later interval begins a candle, and empty intervals have none', () => {
  const candles = [candle(60_000, [10, 11, 9, 10], 5)]
  expect(after(candles, [trade(7, 240_500, 8, 2)], '1m')).toEqual([
    ...candles,
    candle(240_000, [8, 8, 8, 8], 2),
  ])
})

test('the first trade of a market begins the first candle', () => {
  expect(after([], [trade(1, 5_000, 3, 4)], '1s')).toEqual([candle(5_000, [3, 3, 3, 3], 4)])
})

test('a trade of an earlier interval goes where it belongs', () => {
  const candles = [candle(60_000, [10, 10, 10, 10], 1), candle(180_000, [10, 10, 10, 10], 1)]
  expect(after(candles, [trade(7, 61_000, 12, 2), trade(8, 125_000, 9, 3)], '1m')).toEqual([
    candle(60_000, [10, 12, 10, 12], 3),
    candle(120_000, [9, 9, 9, 9], 3),
    candle(180_000, [10, 10, 10, 10], 1),
  ])
})

test('no trades change nothing', () => {
  expect(withTrades([candle(0, [1, 1, 1, 1], 1)], [], '1m')).toBeNull()
})

test('exact sums: a tenth three times is three tenths', () => {
  const tenths = [1, 2, 3].map((id) => trade(id, id, '0.1', 0.1))
  expect(after([], tenths, '1m')[0]?.volume).toBe(decimalOf('0.3'))
})

test('candles of trades are those that the venue makes of them, however they arrive in parts', () => {
  const told = fc.array(
    fc.record({ wait: fc.integer({ min: 0, max: 90_000 }), price: fc.integer({ min: 1, max: 50 }) }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(
      told,
      fc.constantFrom(...INTERVALS),
      fc.integer({ min: 1, max: 7 }),
      (moments, interval, size) => {
        let time = 1_795_282_140_000
        const trades = moments.map(({ wait, price }, index) => {
          time += wait
          return trade(index + 1, time, price, price)
        })
        let candles: Candle[] = []
        for (let place = 0; place < trades.length; place += size) {
          candles = after(candles, trades.slice(place, place + size), interval)
        }
        expect(candles).toEqual(asTheVenue(trades, interval))
      },
    ),
  )
})

test('fresh trades are those after a number, oldest first and each once', () => {
  const tape = [trade(9, 3, 1, 1), trade(8, 2, 1, 1), trade(8, 2, 1, 1), trade(5, 1, 1, 1)]
  const { trades, whole } = freshOf(tape, asSequence(5))
  expect(trades.map((fresh) => fresh.trade_id)).toEqual([8n, 9n])
  expect(whole).toBe(true)
})

test('a tape that does not reach back to what is known may have a hole before it', () => {
  expect(freshOf([trade(9, 3, 1, 1)], asSequence(5)).whole).toBe(false)
  expect(freshOf([], asSequence(5)).whole).toBe(true)
})

test('an older page goes before, without doubles', () => {
  const [a, b, c] = [1, 2, 3].map((minute) => candle(minute * 60_000, [1, 1, 1, 1], minute)) as [
    Candle,
    Candle,
    Candle,
  ]
  expect(withOlder([b, c], [a, b])).toEqual([a, b, c])
  expect(withOlder([], [a, b])).toEqual([a, b])
  expect(withOlder([a], [])).toEqual([a])
})

test('the newest page is right where it differs', () => {
  const [a, b, c] = [1, 2, 3].map((minute) => candle(minute * 60_000, [1, 1, 1, 1], minute)) as [
    Candle,
    Candle,
    Candle,
  ]
  const right = { ...b, volume: decimalOf(99) }
  expect(withNewest([a, b], [right, c])).toEqual([a, right, c])
  expect(withNewest([a, b], [])).toEqual([a, b])
  expect(withNewest([], [a])).toEqual([a])
})

test('a full page that leaves a hole stands alone', () => {
  const old = candle(0, [1, 1, 1, 1], 1)
  const page = Array.from({ length: CANDLES_MAX }, (_, place) => candle((place + 5) * 1_000, [1, 1, 1, 1], 1))
  expect(withNewest([old], page)).toEqual(page)
  const touching = [candle(0, [1, 1, 1, 1], 2), ...page.slice(1)]
  expect(withNewest([old], touching)).toEqual(touching)
})

test('a change tells from where on', () => {
  const [a, b, c] = [1, 2, 3].map((minute) => candle(minute * 60_000, [1, 1, 1, 1], minute)) as [
    Candle,
    Candle,
    Candle,
  ]
  const other = { ...b, volume: decimalOf(7) }
  expect(changeOf([a, b], [a, { ...b }])).toBeNull()
  expect(changeOf([a, b], [a, b, c])).toEqual({ kind: 'tail', from: 2 })
  expect(changeOf([a, b], [a, other, c])).toEqual({ kind: 'tail', from: 1 })
  expect(changeOf([a, c], [a, b, c])).toEqual({ kind: 'all' })
  expect(changeOf([a, b], [a])).toEqual({ kind: 'all' })
  expect(changeOf([], [a])).toEqual({ kind: 'tail', from: 0 })
})

test('a candle is found by its time', () => {
  const candles = [1, 3, 4].map((minute) => candle(minute * 60_000, [1, 1, 1, 1], minute))
  expect(candleAt(candles, 180_000)?.volume).toBe(decimalOf(3))
  expect(candleAt(candles, 120_000)).toBeNull()
  expect(placeOf(candles, 999_000)).toBe(3)
})
