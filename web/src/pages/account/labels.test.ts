import { expect, test } from 'vitest'
import { labelMistake } from '@/pages/account/labels'

test.each(['', 'laptop', 'bot 2: maker@home', 'a'.repeat(64)])('%j is a label', (label) => {
  expect(labelMistake(label)).toBeNull()
})

test.each([
  ['a'.repeat(65), /at most 64/],
  ['ä', /letters a to z/],
  ['<b>', /letters a to z/],
  ['a\nb', /letters a to z/],
])('%j is no label', (label, words) => {
  expect(labelMistake(label)).toMatch(words)
})
