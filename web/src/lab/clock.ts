/** Simulated time as people read it: always UTC, as run files write it, wherever the reader is. */

const UTC = { timeZone: 'UTC', hourCycle: 'h23' } as const
const clock = new Intl.DateTimeFormat('en-GB', {
  ...UTC,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const day = new Intl.DateTimeFormat('en-GB', {
  ...UTC,
  weekday: 'short',
  day: '2-digit',
  month: 'short',
  year: 'numeric',
})
const shortDay = new Intl.DateTimeFormat('en-GB', { ...UTC, day: '2-digit', month: 'short' })
const minute = new Intl.DateTimeFormat('en-GB', {
  ...UTC,
  weekday: 'short',
  day: '2-digit',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})

/** 09:30:05 */
export const simClock = (ms: number): string => clock.format(ms)
/** 09:30:05.125 */
export const simClockMs = (ms: number): string =>
  `${clock.format(ms)}.${String(Math.floor(ms) % 1_000).padStart(3, '0')}`
/** Sun, 22 Nov 2026 */
export const simDay = (ms: number): string => day.format(ms)
/** 22 Nov 09:30:05 */
export const simWhen = (ms: number): string => `${shortDay.format(ms)} ${clock.format(ms)}`

/** When a candle of so many seconds begins. */
export function simCandle(ms: number, seconds: number): string {
  if (seconds >= 86_400) return day.format(ms)
  return seconds < 60 ? simWhen(ms) : minute.format(ms)
}

/** How far it is from the beginning to the end, as a part; null where that is not known. */
export function progressOf(now: number | null, began: number | null, ends: number | null): number | null {
  if (now === null || began === null || ends === null || ends <= began) return null
  return Math.min(1, Math.max(0, (now - began) / (ends - began)))
}

/** Bytes: 181 MB, 1.2 GB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`
  if (bytes < 1_000_000_000) return `${Math.round(bytes / 1_000_000)} MB`
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`
}
