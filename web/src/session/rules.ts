/** What the venue takes as a user name and a password, in words, before it is asked. It has the last word all the same. */

const NAME_LENGTH_MIN = 3
const NAME_LENGTH_MAX = 32
const PASSWORD_LENGTH_MIN = 8
const PASSWORD_BYTES_MAX = 256
/** From here on a password is called long: a phrase of four words has about as many characters. */
const PASSWORD_LENGTH_LONG = 16

/** Characters as the venue counts them: an emoji is one. */
const lengthOf = (text: string): number => [...text].length

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** What is wrong with a user name; null where it is one. */
export function nameMistake(name: string): string | null {
  if (name === '') return 'Enter a user name.'
  if (/\s/.test(name)) return 'A user name has no spaces.'
  if (!/^[A-Za-z0-9_.-]+$/.test(name)) return 'Use letters a to z, digits, dots, dashes and underscores only.'
  if (name.length < NAME_LENGTH_MIN) return `Use at least ${NAME_LENGTH_MIN} characters.`
  if (name.length > NAME_LENGTH_MAX) return `Use at most ${NAME_LENGTH_MAX} characters.`
  return null
}

/** What is wrong with a new password; null where the venue would take it. */
export function passwordMistake(password: string): string | null {
  if (password === '') return 'Enter a password.'
  const length = lengthOf(password)
  if (length < PASSWORD_LENGTH_MIN) return `Use at least ${PASSWORD_LENGTH_MIN} characters.`
  // Half of a pair of surrogates is no Unicode text.
  if (/\p{Surrogate}/u.test(password)) return 'Use ordinary Unicode text.'
  const bytes = new TextEncoder().encode(password).length
  if (bytes > PASSWORD_BYTES_MAX) return `Shorten it: ${bytes} of at most ${PASSWORD_BYTES_MAX} bytes.`
  return null
}

export interface Strength {
  /** Parts of the meter that are filled, of three. */
  readonly level: 0 | 1 | 2 | 3
  readonly words: string
}

/** How long a new password is, measured by the venue's rule: length is what makes it hard to guess. */
export function passwordStrength(password: string): Strength {
  const length = lengthOf(password)
  if (length === 0) return { level: 0, words: `At least ${PASSWORD_LENGTH_MIN} characters` }
  if (length < PASSWORD_LENGTH_MIN) {
    return { level: 1, words: `${plural(PASSWORD_LENGTH_MIN - length, 'more character')} needed` }
  }
  if (length < PASSWORD_LENGTH_LONG) {
    return { level: 2, words: 'Long enough; a phrase of several words is stronger' }
  }
  return { level: 3, words: 'Long' }
}
