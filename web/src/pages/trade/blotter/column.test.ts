import { expect, test } from 'vitest'
import { fitsIn } from '@/pages/trade/blotter/column'
import { decimalOf } from '@/wire/decimal'

test('figures of a common length fit, long ones may not', () => {
  expect(fitsIn(decimalOf('100.25'), 84)).toBe(true)
  expect(fitsIn(decimalOf('-12'), 84)).toBe(true)
  expect(fitsIn(decimalOf('1234567.12345678'), 84)).toBe(false)
  expect(fitsIn(decimalOf('123456789'), 78)).toBe(false)
})

test('what is not there fits, and of words nothing is known', () => {
  expect(fitsIn(null, 20)).toBe(true)
  expect(fitsIn('FUN', 200)).toBe(false)
})
