import { useSyncExternalStore } from 'react'

/** Whether a media query holds. */
function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    () => window.matchMedia(query).matches,
  )
}

/** Room for panels side by side. */
export const useIsWide = (): boolean => useMedia('(min-width: 900px)')
