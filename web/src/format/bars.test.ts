import { expect, test } from 'vitest'
import { barOf } from '@/format/bars'
import { decimalOf } from '@/wire/decimal'

test('bars are steps of two per cent; the least is seen, the most is whole', () => {
  const of = (part: string, whole: string) => barOf(decimalOf(part), decimalOf(whole))
  expect(of('50', '100')).toBe(50)
  expect(of('0.001', '100')).toBe(2)
  expect(of('0', '100')).toBe(0)
  expect(of('5', '0')).toBe(0)
  expect(of('500', '100')).toBe(100)
})
