import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { LeaderRow } from '@/pages/leaderboard/leader-row'
import type { Line } from '@/pages/leaderboard/standings'
import { decimalOf } from '@/wire/decimal'
import { asTicker } from '@/wire/reading'

const aLine = (change: Partial<Line> = {}): Line => ({
  user_id: 'u',
  username: 'ada',
  rank: 4,
  cash: decimalOf('10'),
  total: decimalOf('1234.5'),
  holdings: [],
  change: null,
  trend: [],
  place: 1,
  isOwn: false,
  ...change,
})

function show(line: Line): HTMLElement {
  const { container } = render(
    <table>
      <tbody>
        <LeaderRow line={line} />
      </tbody>
    </table>,
  )
  return container
}

test('a name that is HTML is shown as it was written', () => {
  const name = '<img src=x onerror="alert(1)">\u202e'
  const container = show(aLine({ username: name }))
  expect(container.querySelector('img')).toBeNull()
  expect(container.querySelector('bdi')?.textContent).toBe(name)
})

test('a name of nothing but spaces is said to be none', () => {
  show(aLine({ username: '  ' }))
  expect(screen.getByText('No name')).toBeDefined()
})

test('the own line says so in a word', () => {
  show(aLine({ isOwn: true }))
  expect(screen.getByText('You')).toBeDefined()
})

test('holdings beyond the first three are counted', () => {
  const holdings = ['A', 'B', 'C', 'D', 'E'].map((name) => ({
    ticker: asTicker(name),
    quantity: decimalOf('3'),
  }))
  show(aLine({ holdings }))
  expect(screen.getByRole('link', { name: '3 A' })).toBeDefined()
  expect(screen.getByText('+2').title).toBe('3 D, 3 E')
})
