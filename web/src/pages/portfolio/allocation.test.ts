import { expect, test } from 'vitest'
import { HOLDINGS_MAX, partsOf } from '@/pages/portfolio/allocation'
import { type Summary, WHOLE } from '@/pages/portfolio/summary'
import type { Position } from '@/trading/valuation'
import { decimalOf, toText, ZERO } from '@/wire/decimal'
import { asTicker } from '@/wire/reading'

const aPosition = (ticker: string, value: string): Position => ({
  ticker: asTicker(ticker),
  quantity: ZERO,
  free: ZERO,
  locked: ZERO,
  averageCost: null,
  last: ZERO,
  value: decimalOf(value),
  unrealised: ZERO,
  realised: ZERO,
  fees: ZERO,
  profit: ZERO,
})

const aSummary = (cash: string, escrow: string, positions: Position[]): Summary => ({
  cash: decimalOf(cash),
  escrow: decimalOf(escrow),
  buyingPower: decimalOf(cash),
  holdings: ZERO,
  total: ZERO,
  unrealised: ZERO,
  realised: ZERO,
  fees: ZERO,
  profit: ZERO,
  positions,
})

test('an account with cash alone is all cash', () => {
  expect(partsOf(aSummary('10', '0', [])).map(({ name, weight }) => [name, weight])).toEqual([
    ['Cash', WHOLE],
  ])
})

test('an empty account has no parts', () => {
  expect(partsOf(aSummary('0', '0', [aPosition('FUN', '0')]))).toEqual([])
})

test('the largest holding comes first', () => {
  const parts = partsOf(aSummary('1', '2', [aPosition('FUN', '3'), aPosition('HODL', '4')]))
  expect(parts.map(({ name }) => name)).toEqual(['Cash', 'In escrow', 'HODL', 'FUN'])
  expect(parts.reduce((sum, { weight }) => sum + weight, 0)).toBe(WHOLE)
})

test('the smallest of many holdings stand together', () => {
  const many = Array.from({ length: HOLDINGS_MAX + 3 }, (_, place) =>
    aPosition(`T${place}`, String(place + 1)),
  )
  const others = partsOf(aSummary('0', '0', many)).at(-1)
  expect([others?.name, others && toText(others.value)]).toEqual(['Others', '6'])
})
