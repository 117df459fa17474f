import { expect, test } from 'vitest'
import { toCsv } from '@/pages/portfolio/csv'
import { holdingsCsv } from '@/pages/portfolio/holdings-csv'
import { decimalOf } from '@/wire/decimal'
import { asTicker } from '@/wire/reading'

test('a formula is made plain text, in every way that it can begin', () => {
  const rows = ['=1+1', '+1+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1'].map((text) => [text])
  expect(toCsv(['text'], rows)).toBe("text\r\n'=1+1\r\n'+1+1\r\n'-1+1\r\n'@SUM(A1)\r\n'\t=1\r\n\"'\r=1\"\r\n")
})

test('a number below zero stays a number', () => {
  expect(toCsv(['n'], [[decimalOf('-12.5')], ['-3']])).toBe('n\r\n-12.5\r\n-3\r\n')
})

test('every digit of a decimal is there', () => {
  expect(toCsv(['n'], [[decimalOf('123456789012345678.000000000000000001')]])).toBe(
    'n\r\n123456789012345678.000000000000000001\r\n',
  )
})

test('commas, quotes and line ends are quoted', () => {
  expect(toCsv(['a', 'b'], [['x,y', 'say "no"\nthen']])).toBe('a,b\r\n"x,y","say ""no""\nthen"\r\n')
})

test('what is not known is empty', () => {
  expect(toCsv(['a', 'b'], [[null, 'x']])).toBe('a,b\r\n,x\r\n')
})

test('holdings are written with their weight in per cent', () => {
  const one = decimalOf('1')
  const text = holdingsCsv([
    {
      ticker: asTicker('FUN'),
      quantity: one,
      free: one,
      locked: decimalOf('0'),
      average_cost: null,
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
