import { expect, test } from 'vitest'
import { holdingsCsv } from '@/pages/portfolio/holdings-csv'
import { decimalOf } from '@/wire/decimal'
import { asTicker } from '@/wire/reading'

test('holdings are written with their weight in per cent', () => {
  const one = decimalOf('1')
  const text = holdingsCsv([
    {
      ticker: asTicker('FUN'),
      quantity: one,
      free: one,
      locked: decimalOf('0'),
      averageCost: null,
      last: decimalOf('99.99'),
      value: decimalOf('99.99'),
      unrealised: decimalOf('-0.01'),
      realised: decimalOf('0'),
      fees: decimalOf('0.5'),
      profit: decimalOf('-0.51'),
      weight: 1_234,
    },
  ])
  expect(text.split('\r\n')[1]).toBe('FUN,1,1,0,,99.99,99.99,12.34,-0.01,0,0.5,-0.51')
})
