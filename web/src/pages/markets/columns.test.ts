import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CARD_MIN, columnsFor, GAP } from '@/pages/markets/columns'

test('a phone has one column, a very wide screen six', () => {
  expect(columnsFor(351, 5)).toBe(1)
  expect(columnsFor(2_400, 60)).toBe(6)
})

test('five cards are three and two where four would fit', () => {
  expect(columnsFor(1_100, 5)).toBe(3)
})

test('five cards stand in one line where they fit', () => {
  expect(columnsFor(2_100, 5)).toBe(5)
})

test('one card does not fill a wide screen', () => {
  expect(columnsFor(2_100, 1)).toBe(3)
})

test('cards are never narrower than they must be, and no more rows than needed', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: CARD_MIN, max: 4_000 }),
      fc.integer({ min: 0, max: 200 }),
      (width, count) => {
        const columns = columnsFor(width, count)
        expect((width - (columns - 1) * GAP) / columns).toBeGreaterThanOrEqual(CARD_MIN)
        const most = Math.min(6, Math.floor((width + GAP) / (CARD_MIN + GAP)))
        expect(Math.ceil(count / columns)).toBe(Math.ceil(count / most))
      },
    ),
  )
})
