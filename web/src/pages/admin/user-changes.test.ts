import { expect, test } from 'vitest'
import { changeOf, locksOut, questionOf } from '@/pages/admin/user-changes'

test('only what takes away one own rights is asked twice', () => {
  expect(locksOut('trader', true)).toBe(true)
  expect(locksOut('disable', true)).toBe(true)
  expect(locksOut('admin', true)).toBe(false)
  expect(locksOut('disable', false)).toBe(false)
})

test('each change says one thing, and its question names the user', () => {
  for (const kind of ['admin', 'trader', 'disable', 'enable'] as const) {
    expect(Object.keys(changeOf(kind))).toHaveLength(1)
    expect(questionOf(kind, 'ada').title).toContain('ada')
  }
})
