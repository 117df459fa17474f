/** Runs in words. Pure. */
import type { Run } from '@/lab/api'

export const statusTone = (status: string): 'up' | 'warn' | 'down' | 'plain' =>
  /complete|done|ok/.test(status)
    ? 'up'
    : /partial|running|incomplete/.test(status)
      ? 'warn'
      : /fail|error|broken|bad/.test(status)
        ? 'down'
        : 'plain'

/** When a run began, in milliseconds; null where that is not told. Numbers are seconds, milliseconds or microseconds. */
export function startedMs(started: Run['started']): number | null {
  if (started === null || started === undefined) return null
  if (typeof started === 'string') {
    const ms = Date.parse(started)
    return Number.isNaN(ms) ? null : ms
  }
  if (started > 1e14) return started / 1_000
  return started > 1e11 ? started : started * 1_000
}

/** The hash of all events as text; where there are several venues, each. */
export function hashText(hash: Run['event_hash']): string | null {
  if (hash === null || hash === undefined) return null
  if (typeof hash === 'string') return hash
  const venues = Object.entries(hash)
  const [only] = venues
  if (venues.length === 1 && only && typeof only[1] === 'string') return only[1]
  return venues
    .map(([venue, value]) => `${venue} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n')
}

export const membersOf = (members: Run['members']): number | null =>
  members === null || members === undefined ? null : typeof members === 'number' ? members : members.length

/** The seed of a run, or from which to which its members have theirs. */
export function seedText({ seed, seeds }: Pick<Run, 'seed' | 'seeds'>): string {
  if (seeds === null) return seed === null ? '–' : String(seed)
  const [first, last] = seeds
  return first === last ? String(first) : `${first}–${last}`
}
