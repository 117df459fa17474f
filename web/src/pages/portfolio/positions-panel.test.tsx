import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { PositionsPanel } from '@/pages/portfolio/positions-panel'
import type { Summary } from '@/pages/portfolio/summary'
import type { Position } from '@/trading/valuation'
import { decimalOf, ZERO } from '@/wire/decimal'
import { asTicker } from '@/wire/reading'

const aPosition = (ticker: string, value: string): Position => ({
  ticker: asTicker(ticker),
  quantity: decimalOf('2'),
  free: decimalOf('1'),
  locked: decimalOf('1'),
  averageCost: decimalOf('10'),
  last: decimalOf('12'),
  value: decimalOf(value),
  unrealised: decimalOf('4'),
  realised: decimalOf('-1'),
  fees: ZERO,
  profit: decimalOf('3'),
})

const aSummary = (positions: Position[], holdings: string): Summary => ({
  cash: decimalOf('25'),
  escrow: ZERO,
  buyingPower: decimalOf('25'),
  holdings: decimalOf(holdings),
  total: ZERO,
  unrealised: decimalOf('8'),
  realised: decimalOf('-2'),
  fees: ZERO,
  profit: decimalOf('6'),
  positions,
})

function show(summary: Summary | null) {
  vi.stubGlobal('fetch', () => new Promise(() => undefined))
  render(
    <QueryClientProvider client={new QueryClient()}>
      <PositionsPanel summary={summary} />
    </QueryClientProvider>,
  )
}

const lines = () => [...document.querySelectorAll('tbody tr, tfoot tr')]
const markets = () => lines().map((line) => line.querySelector('td')?.textContent)

test('nothing held is said, with the way to trade', () => {
  show(aSummary([], '0'))
  expect(screen.getByText('Nothing held yet')).toBeDefined()
  expect(screen.getByText('Trade').getAttribute('href')).toBe('/trade')
})

test('the largest comes first, the sums last, and a head sorts', () => {
  show(aSummary([aPosition('FUN', '25'), aPosition('HODL', '50')], '75'))
  expect(markets()).toEqual(['HODL', 'FUN', 'Total'])
  const sums = lines().at(-1)
  expect(sums?.textContent).toContain('75.00')
  expect(sums?.textContent).toContain('75.00%')
  fireEvent.click(screen.getByText('Market'))
  expect(markets()).toEqual(['FUN', 'HODL', 'Total'])
  expect(document.querySelector('th')?.getAttribute('aria-sort')).toBe('ascending')
})

test('a loss has a minus sign, not its colour alone', () => {
  show(aSummary([aPosition('FUN', '25')], '25'))
  expect(screen.getAllByText('−1.00').length).toBeGreaterThan(0)
})
