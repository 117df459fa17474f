/** The sizes under the keys 1 to 9, and the one that is chosen: the ladder's clicks trade it. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export interface Sizes {
  /** As text, in the instrument's own quantity. */
  readonly presets: readonly string[]
  readonly chosen: string
}

export const useSizes = create<Sizes>()(
  persist(
    (): Sizes => ({ presets: ['1', '5', '10', '20', '50', '100', '200', '500', '1000'], chosen: '10' }),
    { name: 'crossbook.sizes' },
  ),
)

export function chooseSize(chosen: string): void {
  useSizes.setState({ chosen })
}
