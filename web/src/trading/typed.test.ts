import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearestStep, readNumber, readPrice, readQuantity } from '@/trading/typed'
import { decimalOf, toText } from '@/wire/decimal'

const d = decimalOf
const CENT = d('0.01')

test.each(['1e400', '1e-400', '9'.repeat(61), `0.${'0'.repeat(30)}1`, '1e99999'])(
  'too many digits: %s',
  (text) => {
    expect(readNumber(text)).toEqual({ mistake: { words: 'This has more digits than the venue takes.' } })
  },
)

test.each(['١٢٣', '１２', '१०'])('digits of another script are named: %s', (text) => {
  expect(readNumber(text)).toEqual({ mistake: { words: 'Write it with the digits 0 to 9.' } })
})

test.each(['1,000', '1.000,5', '1 000', "1'000", '1.2.3', ','])(
  'grouping is refused, not guessed: %s',
  (text) => {
    expect(readNumber(text)).toHaveProperty('mistake.words', expect.stringContaining('without grouping'))
  },
)

test.each(['abc', '--1', '0x10', 'NaN', 'Infinity', '<b>1</b>', '1 FUN', '+', 'e5'])(
  'no number: %s',
  (text) => {
    expect(readNumber(text)).toEqual({ mistake: { words: 'This is not a number.' } })
  },
)

test.each(['', '   ', '\u00a0', '\u200f', '\ufeff\u200b'])('nothing that can be seen is empty', (text) => {
  expect(readNumber(text)).toHaveProperty('mistake.empty', true)
})

test.each(['  100.25 ', '\u200f100.25\u200e', '\u2067100.25\u2069', '\ufeff100.25\n', '+100.25', '100.250'])(
  'what came along unseen does not count: %j',
  (text) => {
    expect(readNumber(text)).toEqual({ value: d('100.25') })
  },
)

test('a price off the step is told the nearest', () => {
  expect(readPrice('100.255', CENT)).toEqual({
    mistake: {
      words: 'The price goes in steps of 0.01.',
      instead: { label: 'Nearest: 100.26', value: d('100.26') },
    },
  })
  expect(readPrice('0.004', CENT)).toHaveProperty('mistake.instead.value', CENT)
})

test.each(['0', '-0', '-5', '0.00'])('a price or a quantity of %s is none', (text) => {
  expect(readPrice(text, CENT)).toEqual({ mistake: { words: 'The price must be above zero.' } })
  expect(readQuantity(text, d('1'))).toEqual({ mistake: { words: 'The quantity must be above zero.' } })
})

test('sixty digits are a number, and too large', () => {
  expect(readPrice('9'.repeat(60), CENT)).toEqual({ mistake: { words: 'The price is too large.' } })
  expect(readQuantity('9'.repeat(60), d('1'))).toEqual({ mistake: { words: 'The quantity is too large.' } })
})

test('a quantity off its step is told the nearest', () => {
  expect(readQuantity('1.5', d('1'))).toHaveProperty('mistake.instead.label', 'Nearest: 2')
  expect(readQuantity('0.0015', d('0.001'))).toHaveProperty('mistake.instead.label', 'Nearest: 0.002')
})

test('what is read can be written and read again', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 39n }), (steps) => {
      const text = toText((steps * CENT) as typeof CENT)
      expect(readPrice(text, CENT)).toEqual({ value: steps * CENT })
    }),
  )
})

test('the nearest price is on the step and never zero', () => {
  expect(nearestStep(d('100.255'), d('0.01'))).toBe(d('100.26'))
  expect(nearestStep(d('100.254'), d('0.01'))).toBe(d('100.25'))
  expect(nearestStep(d('0.004'), d('0.01'))).toBe(d('0.01'))
  expect(nearestStep(d('101.1'), d('0.25'))).toBe(d('101'))
})
