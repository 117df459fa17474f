/** Speeds as people choose them: simulated seconds for one on the wall, 0 for as fast as it goes. */

export const SPEED_MAX = 1_000_000
/** Those of the buttons. */
export const QUICK_SPEEDS = [1, 10, 100, 1_000, 0] as const

/** What `+` and `-` go through, the slowest first; as fast as it goes comes last. */
const STAIRS = [
  0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000,
] as const

/** The next speed up. */
export function faster(speed: number): number {
  if (speed === 0) return 0
  return STAIRS.find((stair) => stair > speed * 1.0001) ?? 0
}

/** The next speed down. */
export function slower(speed: number): number {
  if (speed === 0) return STAIRS[STAIRS.length - 1] ?? 1
  return STAIRS.findLast((stair) => stair < speed * 0.9999) ?? STAIRS[0]
}

/** 10×, 0.5×, 100k×, max. */
export function speedWords(speed: number): string {
  if (speed === 0) return 'Max'
  if (speed >= 10_000 && speed % 1_000 === 0) return `${speed / 1_000}k×`
  return `${Number(speed.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 6 })}×`
}

/** Read a speed that was typed: 25, 25x, 2.5×, max; or what is wrong with it. */
export function readSpeed(text: string): { readonly speed: number } | { readonly mistake: string } {
  const typed = text.trim().toLowerCase()
  if (typed === 'max') return { speed: 0 }
  const match = /^(\d+(?:\.\d+)?|\.\d+)(k?)\s*[x×]?$/.exec(typed.replaceAll(',', ''))
  if (!match) return { mistake: 'A number such as 25, or max.' }
  const speed = Number(match[1]) * (match[2] === 'k' ? 1_000 : 1)
  if (speed > SPEED_MAX) return { mistake: `At most ${SPEED_MAX.toLocaleString('en')}, or max.` }
  if (speed === 0) return { mistake: 'Pause it instead; max is as fast as it goes.' }
  return { speed }
}
