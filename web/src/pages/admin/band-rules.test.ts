import { expect, test } from 'vitest'
import { readBand } from '@/pages/admin/band-rules'
import { decimalOf } from '@/wire/decimal'

const CENT = decimalOf('0.01')

test('both bounds, one, or none', () => {
  expect(readBand({ low: '90', high: '110.50' }, CENT).band).toEqual({ low: '90', high: '110.5' })
  expect(readBand({ low: '', high: '110' }, CENT).band).toEqual({ high: '110' })
  expect(readBand({ low: ' ', high: '' }, CENT).band).toEqual({})
  expect(readBand({ low: '100', high: '100' }, CENT).band).toEqual({ low: '100', high: '100' })
})

test.each([
  ['x', '', 'low', /Enter a price/],
  ['0', '', 'low', /above zero/],
  ['', '-1', 'high', /above zero/],
  ['90.001', '', 'low', /multiple of 0.01/],
  ['110', '90', 'high', /not be below/],
] as const)('low %j and high %j are refused at %s', (low, high, place, words) => {
  const { band, mistakes } = readBand({ low, high }, CENT)
  expect(band).toBeNull()
  expect(mistakes[place]).toMatch(words)
})
