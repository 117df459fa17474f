import { expect, test } from 'vitest'
import { aTrade } from '@/test/examples'
import { barOfSize, newSince, ofLeast, scaleOf } from '@/trading/tape/sizes'
import { decimalOf } from '@/wire/decimal'

const usual = Array.from({ length: 20 }, (_, place) => aTrade(20 - place, '100', '4'))

test('three times the median is large, and the largest has a whole bar', () => {
  const scale = scaleOf([aTrade(22, '100', '40'), aTrade(21, '100', '20'), ...usual])
  expect(barOfSize(decimalOf('40'), scale)).toBe(100)
  expect(barOfSize(decimalOf('20'), scale)).toBe(50)
  expect(barOfSize(decimalOf('11.99'), scale)).toBe(0)
})

test('nothing is large among few trades, or none', () => {
  expect(barOfSize(decimalOf('40'), scaleOf([aTrade(1, '100', '40')]))).toBe(0)
  expect(barOfSize(decimalOf('40'), scaleOf([]))).toBe(0)
})

test('a least size leaves the others out, and no least size leaves all', () => {
  const trades = [aTrade(2, '100', '5'), aTrade(1, '100', '4.99')]
  expect(ofLeast(trades, decimalOf('5'))).toEqual([trades[0]])
  expect(ofLeast(trades, null)).toBe(trades)
  expect(ofLeast(trades, decimalOf('0'))).toBe(trades)
})

test('new trades are counted, even where the last one that was seen is gone', () => {
  const trades = [aTrade(9), aTrade(7), aTrade(4)]
  expect(newSince(trades, 4n)).toBe(2)
  expect(newSince(trades, 9n)).toBe(0)
  expect(newSince(trades, 5n)).toBe(2)
  expect(newSince(trades, 1n)).toBe(3)
  expect(newSince(trades, null)).toBe(0)
  expect(newSince([], 1n)).toBe(0)
})
