import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_NEXT, readQuery, safeNext } from '@/pages/sign-in/next'

test.each(['/trade/FUN', '/', '/account', '/trade/A%26B', '/portfolio?range=7d'])(
  '%s is followed',
  (path) => {
    expect(safeNext(path)).toBe(path)
  },
)

test.each([
  null,
  undefined,
  '',
  'trade',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/trade//evil.example',
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'https://evil.example/trade',
  '/\tjavascript:alert(1)',
  '/\n/evil.example',
  '/../evil',
  '/trade/../../evil',
  '/trade#x',
  '/trade\u202e',
  `/${'a'.repeat(600)}`,
  '/sign-in',
  '/sign-in?next=/sign-in',
  '/SIGN-IN/',
])('%j is not followed', (path) => {
  expect(safeNext(path)).toBe(DEFAULT_NEXT)
})

test('whatever is asked for, the browser stays where it is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '/', '//', '/\\', 'javascript:'),
      (text, start) => {
        const next = safeNext(start + text)
        expect(next.startsWith('/')).toBe(true)
        expect(new URL(next, 'https://venue.example/').origin).toBe('https://venue.example')
      },
    ),
  )
})

test('the query names the next page and whether somebody is new', () => {
  expect(readQuery('next=%2Ftrade%2FFUN&new=1')).toEqual({ next: '/trade/FUN', wantsNew: true })
  expect(readQuery('')).toEqual({ next: DEFAULT_NEXT, wantsNew: false })
  expect(readQuery('next=//evil')).toEqual({ next: DEFAULT_NEXT, wantsNew: false })
})
