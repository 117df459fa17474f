import fc from 'fast-check'
import { expect, test } from 'vitest'
import { impactMistake, readNews, textMistake } from '@/pages/admin/news-rules'

test('an impact in per cent is sent as a part', () => {
  expect(readNews({ text: ' Fun has a new hit ', ticker: 'FUN', impact: '5' })).toEqual({
    text: 'Fun has a new hit',
    ticker: 'FUN',
    impact: 0.05,
  })
  expect(readNews({ text: 'x', ticker: 'FUN', impact: '-12.5' })?.impact).toBe(-0.125)
  expect(readNews({ text: 'x', ticker: '', impact: '' })).toEqual({ text: 'x' })
})

test.each(['50', '-50', '0', '', '0.1'])('an impact of %j per cent is taken', (impact) => {
  expect(impactMistake(impact)).toBeNull()
})

test.each(['50.01', '-51', 'x', '1,5'])('an impact of %j per cent is refused', (impact) => {
  expect(impactMistake(impact)).not.toBeNull()
  expect(readNews({ text: 'x', ticker: 'FUN', impact })).toBeNull()
})

test('news about no instrument have no impact, whatever was typed', () => {
  expect(readNews({ text: 'x', ticker: '', impact: '5' })).toEqual({ text: 'x' })
  expect(readNews({ text: 'x', ticker: '', impact: 'y' })).toEqual({ text: 'x' })
})

test('news have from 1 to 280 printable characters', () => {
  expect(textMistake('')).toMatch(/Write/)
  expect(textMistake('   ')).toMatch(/Write/)
  expect(textMistake('a'.repeat(280))).toBeNull()
  expect(textMistake('🙂'.repeat(280))).toBeNull()
  expect(textMistake('a'.repeat(283))).toBe('Shorten it by 3.')
  expect(textMistake('a\nb')).toMatch(/one line/)
  expect(textMistake('a\u202eb')).toMatch(/one line/)
  expect(textMistake('a\u00a0b')).toMatch(/one line/)
  expect(textMistake('<b>10 % more: ätsch</b>')).toBeNull()
})

test('every whole percentage is the nearest number to its part', () => {
  fc.assert(
    fc.property(fc.integer({ min: -50, max: 50 }), (percent) => {
      expect(readNews({ text: 'x', ticker: 'FUN', impact: String(percent) })?.impact).toBe(
        percent === 0 ? 0 : percent / 100,
      )
    }),
  )
})
