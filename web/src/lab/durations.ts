/** Durations and times of day as run files write them: 100ms, 20s, 09:30. They are nanoseconds underneath. */

const UNITS: readonly (readonly [name: string, nanoseconds: number])[] = [
  ['d', 86_400e9],
  ['h', 3_600e9],
  ['min', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
  ['ns', 1],
]

/** A duration in the largest unit that leaves a short number: 100ms, 1.5s. */
export function durationText(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s'
  for (const [name, size] of UNITS) {
    const count = Number((nanoseconds / size).toFixed(2))
    if (count >= 1 && Math.round(count * size) === nanoseconds) return `${count}${name}`
  }
  return `${nanoseconds}ns`
}

const DURATION = /^(\d+(?:\.\d+)?(?:e-?\d{1,2})?) ?(ns|us|ms|s|m|min|h|d)$/
const CLOCK = /^\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/

export const isDuration = (text: string): boolean => DURATION.test(text)
export const isClock = (text: string): boolean => CLOCK.test(text)

/** A time of day: 09:30:00. */
export function clockText(nanoseconds: number): string {
  const seconds = Math.floor(nanoseconds / 1e9)
  const two = (number: number) => String(number).padStart(2, '0')
  const rest = Math.round(nanoseconds % 1e9)
  const part = rest === 0 ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${part}`
}
