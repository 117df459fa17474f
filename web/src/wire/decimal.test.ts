import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Decimal,
  decimalOf,
  divide,
  isMultiple,
  multiply,
  ofSteps,
  parseDecimal,
  placesOf,
  stepsIn,
  toFixed,
  toNumber,
  toText,
} from '@/wire/decimal'

const decimals = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map((units) => units as Decimal)

test.each([
  ['0.29', '0.29'],
  ['100.250', '100.25'],
  ['.5', '0.5'],
  ['5.', '5'],
  ['-0', '0'],
  ['1e3', '1000'],
  ['1.5e-7', '0.00000015'],
  ['9007199254740993', '9007199254740993'],
  ['0.000000000000000001', '0.000000000000000001'],
])('%s is read exactly', (text, written) => {
  expect(toText(decimalOf(text))).toBe(written)
})

test.each([
  '',
  '.',
  '-',
  'NaN',
  'Infinity',
  '1e400',
  '1,000',
  '0x10',
  '١٢',
  '1 2',
  '1e',
  '--1',
  '9'.repeat(61),
])('%j is no decimal', (text) => {
  expect(parseDecimal(text)).toBeNull()
})

test('a decimal that is finer than the finest step is refused rather than rounded', () => {
  expect(parseDecimal('0.0000000000000000001')).toBeNull()
  expect(parseDecimal('0.1000000000000000000000')).toBe(decimalOf('0.1'))
})

test('what is written is read back as the same, whatever its size', () => {
  fc.assert(fc.property(decimals, (value) => parseDecimal(toText(value)) === value))
})

test('a number that JSON wrote is the decimal that was meant, cent by cent', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 14), max: 10 ** 14 }), (cents) => {
      expect(decimalOf(cents / 100)).toBe(ofSteps(BigInt(cents), decimalOf('0.01')))
    }),
  )
})

test('a price times a quantity is exact where floats are not', () => {
  expect(toText(multiply(decimalOf('0.29'), decimalOf(100)))).toBe('29')
  expect(toText(multiply(decimalOf('90071992547409.93'), decimalOf(100)))).toBe('9007199254740993')
})

test('division by zero is zero, and division undoes multiplication by whole numbers', () => {
  expect(divide(decimalOf(5), decimalOf(0))).toBe(0n)
  fc.assert(
    fc.property(decimals, fc.integer({ min: 1, max: 10 ** 6 }), (value, count) => {
      expect(divide(multiply(value, decimalOf(count)), decimalOf(count))).toBe(value)
    }),
  )
})

test('steps round down on both sides of zero, and leave less than a step', () => {
  fc.assert(
    fc.property(
      decimals,
      fc.constantFrom('0.01', '1', '0.25', '0.00000001').map(decimalOf),
      (value, step) => {
        const rest = value - ofSteps(stepsIn(value, step), step)
        expect(rest >= 0n && rest < step).toBe(true)
        expect(isMultiple(value, step)).toBe(rest === 0n)
      },
    ),
  )
})

test.each([
  ['0.01', 2],
  ['1', 0],
  ['10', 0],
  ['0.25', 2],
  ['0.000000000000000001', 18],
])('a step of %s has %i places', (step, places) => {
  expect(placesOf(decimalOf(step))).toBe(places)
})

test.each([
  ['1.005', 2, '1.01'],
  ['-1.005', 2, '-1.01'],
  ['-0.001', 2, '0.00'],
  ['0.5', 0, '1'],
  ['1234.5', 2, '1234.50'],
])('%s with %i places is %s', (text, places, written) => {
  expect(toFixed(decimalOf(text), places)).toBe(written)
})

test('numbers for drawing are the nearest', () => {
  expect(toNumber(decimalOf('100.25'))).toBe(100.25)
})
