/** The keys of the sizes. */
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const

export interface SizeKey {
  readonly key: string
  readonly preset: string
}

/** The sizes with the keys that they are under: the same size may be under two. */
export const sizeKeys = (presets: readonly string[]): SizeKey[] =>
  KEYS.flatMap((key, place) => {
    const preset = presets[place]
    return preset === undefined ? [] : [{ key, preset }]
  })
