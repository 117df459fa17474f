/** Times as people read them: where they are, on a clock of 24 hours. */

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short' })
const whole = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

/** 14:03:27 */
export const formatClock = (ms: number): string => clock.format(ms)

/** 14:03:27.412 */
export const formatClockMs = (ms: number): string =>
  `${clock.format(ms)}.${String(Math.floor(ms) % 1_000).padStart(3, '0')}`

/** 21 Nov */
export const formatDay = (ms: number): string => day.format(ms)

/** 14:03:27 today, and with the day on another one. */
export function formatWhen(ms: number, now: number): string {
  const today = new Date(now).toDateString() === new Date(ms).toDateString()
  return today ? formatClock(ms) : `${formatDay(ms)} ${formatClock(ms)}`
}

/** In full. */
export const formatFull = (ms: number): string => whole.format(ms)

/** How long ago: 12 s, 5 min, 3 h, 2 d. */
export function formatAgo(ms: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - ms) / 1_000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** A span: 3 d 4 h, 2 h 5 min, 45 s. */
export function formatSpan(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ]
  let rest = Math.floor(seconds)
  const parts: string[] = []
  for (const [size, name] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${name}`)
  }
  return parts.slice(0, 2).join(' ') || '0 s'
}
