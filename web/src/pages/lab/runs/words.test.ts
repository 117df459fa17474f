import { expect, test } from 'vitest'
import { hashText, membersOf, seedText, startedMs, statusTone } from '@/pages/lab/runs/words'

test('a run began when it says, in whichever unit', () => {
  const ms = Date.UTC(2026, 10, 22)
  expect([new Date(ms).toISOString(), ms / 1_000, ms, ms * 1_000].map(startedMs)).toEqual([ms, ms, ms, ms])
  expect([null, 'soon'].map(startedMs)).toEqual([null, null])
})

test('the hash of one venue is the hash; of several, each with its name', () => {
  expect(hashText('9e57')).toBe('9e57')
  expect(hashText({ main: '9e57' })).toBe('9e57')
  expect(hashText({ a: '1', b: '2' })).toBe('a 1\nb 2')
  expect(hashText(null)).toBeNull()
})

test('a run has its seed, several have from which to which', () => {
  expect(seedText({ seed: 7, seeds: null })).toBe('7')
  expect(seedText({ seed: null, seeds: [3, 5] })).toBe('3–5')
  expect(seedText({ seed: null, seeds: [3, 3] })).toBe('3')
  expect(seedText({ seed: null, seeds: null })).toBe('–')
})

test('members are counted, and a status has a tone', () => {
  expect([3, ['a', 'b'], null].map(membersOf)).toEqual([3, 2, null])
  expect(['complete', 'partial', 'failed', 'odd'].map(statusTone)).toEqual(['up', 'warn', 'down', 'plain'])
})
