import { expect, test } from 'vitest'
import {
  formatExact,
  formatLatency,
  formatMoney,
  formatPercent,
  formatShort,
  formatSigned,
  formatStep,
} from '@/format/numbers'
import { formatAgo, formatSpan } from '@/format/times'
import { errorWords, words } from '@/format/words'
import { decimalOf } from '@/wire/decimal'

test('money has two places, groups of three, and a true minus', () => {
  expect(formatMoney(decimalOf('-1234567.5'))).toBe('−1,234,567.50')
  expect(formatMoney(decimalOf('90071992547409931234.99'))).toBe('90,071,992,547,409,931,234.99')
})

test('a price has the places of its step, a quantity all that it has', () => {
  expect(formatStep(decimalOf('100'), decimalOf('0.01'))).toBe('100.00')
  expect(formatExact(decimalOf('0.00000001'))).toBe('0.00000001')
})

test('signs: plus where it is more, none where it is nothing', () => {
  expect(formatSigned(decimalOf('3'))).toBe('+3.00')
  expect(formatSigned(decimalOf('0.001'))).toBe('0.00')
  expect(formatPercent(0.0125)).toBe('+1.25%')
  expect(formatPercent(-0.00001)).toBe('0.00%')
})

test.each([
  [0, '0'],
  [12.5, '12.5'],
  [999, '999'],
  [1_000, '1.00K'],
  [1_345_000, '1.34M'],
  [-25_000, '−25.0K'],
])('%d is short', (value, text) => {
  expect(formatShort(value)).toBe(text)
})

test('latencies have as many places as matter', () => {
  expect([0.424, 4.2, 42.4, 1_240].map(formatLatency)).toEqual(['0.42 ms', '4.2 ms', '42 ms', '1.2 s'])
})

test('spans and ages', () => {
  expect(formatSpan(93_784)).toBe('1 d 2 h')
  expect(formatSpan(0)).toBe('0 s')
  expect(formatAgo(0, 61_000)).toBe('1 min ago')
})

test('codes and errors become sentences', () => {
  expect(words('insufficient_cash')).toBe('Insufficient cash')
  expect(errorWords(new Error('the venue cannot be reached'))).toBe('The venue cannot be reached.')
})
