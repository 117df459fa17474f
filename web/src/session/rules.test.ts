import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nameMistake, passwordMistake, passwordStrength } from '@/session/rules'

test.each(['ada', 'Ada_Lovelace-1.0', 'a'.repeat(32), '...'])('%s is a user name', (name) => {
  expect(nameMistake(name)).toBeNull()
})

test.each([
  ['', /Enter/],
  ['ab', /at least 3/],
  ['a'.repeat(33), /at most 32/],
  ['ada lovelace', /no spaces/],
  ['ädä', /letters a to z/],
  ['ada‮', /letters a to z/],
  ['<b>ada</b>', /letters a to z/],
])('%j is no user name', (name, words) => {
  expect(nameMistake(name)).toMatch(words)
})

test('eight characters are a password, seven are none', () => {
  expect(passwordMistake('12345678')).toBeNull()
  expect(passwordMistake('1234567')).toMatch(/at least 8/)
  expect(passwordMistake('')).toMatch(/Enter/)
})

test('an emoji counts as one character', () => {
  expect(passwordMistake('🙂🙂🙂🙂')).toMatch(/at least 8/)
  expect(passwordMistake('🙂'.repeat(8))).toBeNull()
})

test('the upper bound is one of bytes', () => {
  expect(passwordMistake('x'.repeat(256))).toBeNull()
  expect(passwordMistake('x'.repeat(257))).toMatch(/257 of at most 256 bytes/)
  expect(passwordMistake('ä'.repeat(129))).toMatch(/258 of at most 256 bytes/)
})

test('half of a surrogate pair is refused', () => {
  expect(passwordMistake(`12345678${String.fromCharCode(0xd83d)}`)).toMatch(/Unicode/)
})

test('the strength says how many characters are missing', () => {
  expect(passwordStrength('')).toEqual({ level: 0, words: 'At least 8 characters' })
  expect(passwordStrength('1234567').words).toBe('1 more character needed')
  expect(passwordStrength('123456').words).toBe('2 more characters needed')
  expect(passwordStrength('12345678').level).toBe(2)
  expect(passwordStrength('correct horse battery').level).toBe(3)
})

test('the strength is below two exactly where the password is too short', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 24 }), (password) => {
      expect(passwordStrength(password).level < 2).toBe([...password].length < 8)
    }),
  )
})
