import { expect, test } from 'vitest'
import { isMeant, placeInRange, priceStepOf, spreadOf, spreadPart } from '@/trading/glance'
import { type Decimal, decimalOf, toText } from '@/wire/decimal'
import { asTicker } from '@/wire/reading'
import type { Glance } from '@/wire/views'

const maybe = (text: string | null): Decimal | null => (text === null ? null : decimalOf(text))

const aGlance = (
  last: string,
  [bid, ask]: readonly [string | null, string | null] = [null, null],
  [low, high]: readonly [string | null, string | null] = [null, null],
): Glance => ({
  current_price: decimalOf(last),
  best_bid: maybe(bid),
  best_ask: maybe(ask),
  change_24h: 0,
  volume_24h: decimalOf('0'),
  high_24h: maybe(high),
  low_24h: maybe(low),
  phase: 'continuous',
})

test('a spread is exact', () => {
  const spread = spreadOf(aGlance('100', ['99.97', '100.03']))
  expect(spread && toText(spread)).toBe('0.06')
  expect(spreadPart(decimalOf('99.97'), decimalOf('100.03'))).toBeCloseTo(0.0006)
})

test('a book with one side has no spread', () => {
  expect(spreadOf(aGlance('100', ['99', null]))).toBeNull()
  expect(spreadPart(null, decimalOf('101'))).toBeNull()
})

test('the last price has its place between lowest and highest', () => {
  expect(placeInRange(aGlance('101', [null, null], ['100', '104']))).toBe(0.25)
})

test('a price outside of the range stands at its end', () => {
  expect(placeInRange(aGlance('105', [null, null], ['100', '104']))).toBe(1)
  expect(placeInRange(aGlance('90', [null, null], ['100', '104']))).toBe(0)
})

test('a range of one price has its place in the middle, and none where nothing traded', () => {
  expect(placeInRange(aGlance('100', [null, null], ['100', '100']))).toBe(0.5)
  expect(placeInRange(aGlance('100'))).toBeNull()
})

test('until the step is known every digit of the prices is shown', () => {
  expect(toText(priceStepOf(aGlance('100', ['99.9875', '100']), null))).toBe('0.0001')
  expect(toText(priceStepOf(aGlance('100'), null))).toBe('0.01')
})

test('once the step is known it is the step', () => {
  const listed = {
    ticker: asTicker('FUN'),
    name: '',
    price_step: decimalOf('0.05'),
    quantity_step: decimalOf('1'),
    maker_fee_ppm: 0,
    taker_fee_ppm: 0,
    protection_ppm: 0,
  }
  expect(toText(priceStepOf(aGlance('100.123'), listed))).toBe('0.05')
})

test('a market is found by a part of its ticker or its name, in any case', () => {
  expect(isMeant(' fu', 'FUN', 'Fun Industries')).toBe(true)
  expect(isMeant('INDUS', 'FUN', 'Fun Industries')).toBe(true)
  expect(isMeant('hodl', 'FUN', 'Fun Industries')).toBe(false)
  expect(isMeant('.*', 'FUN', 'Fun Industries')).toBe(false)
})
