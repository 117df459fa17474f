import { expect, test } from 'vitest'
import type { LabMark } from '@/lab/state'
import { candleBefore, chartMarks, marksByCandle } from '@/pages/lab/live/chart-marks'
import type { Candle } from '@/wire/views'

const CANDLES = [100, 200, 400].map((timestamp) => ({ timestamp }) as Candle)
const mark = (time: number, kind: LabMark['kind'], words: string = kind): LabMark => ({
  key: `${kind} ${time}`,
  kind,
  time,
  symbol: null,
  words,
})

test('a time belongs to the candle before it, where nothing traded too', () => {
  expect([50, 100, 199, 350, 900].map((time) => candleBefore(CANDLES, time))).toEqual([-1, 0, 0, 1, 2])
})

test('marks stand on the candle that they fall into, and those before the first on the first', () => {
  const found = marksByCandle([mark(20, 'news'), mark(150, 'shock'), mark(399, 'enter')], CANDLES)
  expect([...found].map(([time, marks]) => [time, marks.map(({ kind }) => kind)])).toEqual([
    [100, ['news', 'shock']],
    [200, ['enter']],
  ])
  expect(marksByCandle([mark(1, 'news')], []).size).toBe(0)
})

test('above and below a candle stands one at most, which counts the others; long news are cut', () => {
  const marks = [
    mark(100, 'news', 'something that goes on and on and on'),
    mark(110, 'shock'),
    mark(120, 'enter'),
    mark(130, 'leave'),
  ]
  const drawn = chartMarks(marksByCandle(marks, CANDLES))
  expect(drawn.map(({ position, words }) => [position, words])).toEqual([
    ['aboveBar', 'something that goes o… +1'],
    ['belowBar', '+ +1'],
  ])
})
