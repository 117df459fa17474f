/** The samples of this page; they are kept while one looks at another page, and go with the tab. */
import { useEffect } from 'react'
import { create } from 'zustand'
import { looked, NO_SAMPLES, type Samples } from '@/pages/status/samples'
import { connection } from '@/stream/store'

const EVERY_MS = 1_000

export const useSamples = create<Samples>(() => NO_SAMPLES)

/** Look at the connection each second, as long as the component is there. */
export function useSampling(): void {
  useEffect(() => {
    const look = () => {
      const { latencies, state } = connection
      useSamples.setState(
        (samples) => looked(samples, performance.now(), latencies.ping, state.counts.messages),
        true,
      )
    }
    look()
    const timer = setInterval(look, EVERY_MS)
    return () => clearInterval(timer)
  }, [])
}
