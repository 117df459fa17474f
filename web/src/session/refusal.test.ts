import { expect, test } from 'vitest'
import { refusalOf } from '@/session/refusal'
import { RequestError, UnreachableError } from '@/wire/rest'

test.each([
  [409, 'name_taken', 'the user name is taken', 'username', 'The user name is taken.'],
  [401, 'not_signed_in', 'wrong', 'password', 'The user name or the password is wrong.'],
  [
    422,
    'malformed',
    'a password has at least 8 characters',
    'password',
    'A password has at least 8 characters.',
  ],
  [422, 'malformed', 'a user name has 3 to 32 letters', 'username', 'A user name has 3 to 32 letters.'],
  [403, 'forbidden', 'this user is disabled', 'form', 'This user is disabled.'],
] as const)('%i %s is told in its place', (status, code, detail, place, words) => {
  expect(refusalOf(new RequestError(status, code, detail))).toEqual({ place, words, waitSeconds: null })
})

test('too many tries say how long to wait where the venue says it', () => {
  const error = new RequestError(429, 'rate_limited', 'too many failed sign-ins; try again later')
  expect(refusalOf(error).words).toBe('Too many failed sign-ins. Try again later.')
  const told = Object.assign(error, { retryAfterSeconds: 65 })
  expect(refusalOf(told)).toEqual({
    place: 'form',
    words: 'Too many failed sign-ins. Try again in 1 min 5 s.',
    waitSeconds: 65,
  })
})

test('a busy or absent venue keeps what was typed', () => {
  expect(refusalOf(new RequestError(503, 'busy', 'x')).words).toMatch(/busy.*kept/)
  expect(refusalOf(new UnreachableError()).words).toMatch(/cannot be reached.*kept/)
})
