import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isEnough, SPARK_MAX, sparkOf, sparkSpan, withPrice } from '@/pages/markets/spark'
import { type Decimal, decimalOf } from '@/wire/decimal'
import type { Candle } from '@/wire/views'

const MINUTE = 60_000

const aCandle = (minute: number, close: string, open = close): Candle => ({
  timestamp: minute * MINUTE,
  open: decimalOf(open),
  high: decimalOf(close),
  low: decimalOf(close),
  close: decimalOf(close),
  volume: decimalOf('1'),
})

test('without candles there is no line', () => {
  expect(sparkOf([], MINUTE, 0)).toBeNull()
})

test('minutes without a trade repeat the price before', () => {
  const spark = sparkOf([aCandle(1, '10'), aCandle(4, '12')], MINUTE, 5 * MINUTE)
  expect(spark?.values).toEqual([10, 10, 10, 12, 12])
})

test('a live price moves the newest step, and begins another when its time has come', () => {
  const spark = sparkOf([aCandle(1, '10')], MINUTE, MINUTE)
  if (!spark) throw new Error('expected a line')
  expect(withPrice(spark, decimalOf('11'), MINUTE + 1).values).toEqual([11])
  expect(withPrice(spark, decimalOf('11'), 3 * MINUTE).values).toEqual([10, 10, 11])
})

test('a price that changes nothing keeps the line as it is', () => {
  const spark = sparkOf([aCandle(1, '10')], MINUTE, MINUTE)
  if (!spark) throw new Error('expected a line')
  expect(withPrice(spark, decimalOf('10'), MINUTE + 5)).toBe(spark)
})

test('a clock that runs behind moves the newest step alone', () => {
  const spark = sparkOf([aCandle(5, '10')], MINUTE, 5 * MINUTE)
  if (!spark) throw new Error('expected a line')
  expect(withPrice(spark, decimalOf('11'), 0).values).toEqual([11])
})

test('a line never grows beyond its limit and always ends in the newest price', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 1_000 })), {
        minLength: 1,
      }),
      (steps) => {
        let spark = sparkOf([aCandle(0, '10')], MINUTE, 0)
        let now = 0
        for (const [minutes, price] of steps) {
          now += minutes * MINUTE
          spark = spark && withPrice(spark, decimalOf(price) as Decimal, now)
          expect(spark?.values.at(-1)).toBe(price)
          expect(spark?.values.length).toBeLessThanOrEqual(SPARK_MAX)
          expect(spark?.newest_ms).toBe(now)
        }
      },
    ),
  )
})

test('a young market needs a finer interval', () => {
  const minutes = { interval: '1m', step_ms: MINUTE, enough: 5 } as const
  expect(isEnough([aCandle(0, '10'), aCandle(3, '10')], minutes)).toBe(false)
  expect(isEnough([aCandle(0, '10'), aCandle(5, '10')], minutes)).toBe(true)
  expect(isEnough([], minutes)).toBe(false)
})

test('the time that a line shows is said in words', () => {
  const of = (count: number, step_ms: number) =>
    sparkSpan({ step_ms, newest_ms: 0, values: new Array<number>(count).fill(1) })
  expect(of(31, 1_000)).toBe('30 s')
  expect(of(46, MINUTE)).toBe('45 min')
  expect(of(288, 5 * MINUTE)).toBe('24 h')
})
