/** Why somebody was not let in, in words, and beside which field they belong. */

import { formatSpan } from '@/format/times'
import { errorWords } from '@/format/words'
import { RequestError, UnreachableError } from '@/wire/rest'

export interface Refusal {
  readonly place: 'username' | 'password' | 'form'
  readonly words: string
  /** How long to wait before the next try; null where nobody said. */
  readonly waitSeconds: number | null
}

/** How long the venue asked to wait, where the error carries it. */
function waitOf(error: RequestError): number | null {
  const seconds = 'retryAfterSeconds' in error ? error.retryAfterSeconds : null
  return typeof seconds === 'number' && seconds > 0 ? Math.ceil(seconds) : null
}

/** Read an error of signing in or registering. */
export function refusalOf(error: unknown): Refusal {
  const at = (place: Refusal['place'], words: string, waitSeconds: number | null = null) => ({
    place,
    words,
    waitSeconds,
  })
  if (error instanceof UnreachableError) {
    return at('form', 'The venue cannot be reached. What you typed is kept; try again in a moment.')
  }
  if (!(error instanceof RequestError)) return at('form', errorWords(error))
  switch (error.status) {
    case 401:
      return at('password', 'The user name or the password is wrong.')
    case 409:
      return at('username', errorWords(error))
    case 422:
      return at(/password/i.test(error.message) ? 'password' : 'username', errorWords(error))
    case 429: {
      const wait = waitOf(error)
      return at(
        'form',
        `${upToSemicolon(error)} Try again ${wait ? `in ${formatSpan(wait)}` : 'later'}.`,
        wait,
      )
    }
    case 503:
      return at('form', 'The venue is busy at the moment. What you typed is kept; try again.', waitOf(error))
    default:
      return at('form', errorWords(error))
  }
}

/** The reason without the venue's own advice behind it, which does not say how long. */
function upToSemicolon(error: Error): string {
  return errorWords(new Error(error.message.split(';')[0]))
}
