/**
 * What was sent and is not yet answered: the ladder shows it at once, as not yet certain, and takes it away when the
 * answer is there, whatever it says.
 */
import { create } from 'zustand'
import { useStream } from '@/stream/store'
import type { Decimal } from '@/wire/decimal'
import type { Side, Ticker } from '@/wire/reading'

/** How long the stream may take to tell what an answer told already. */
const STREAM_WITHIN_MS = 500

export interface Flight {
  readonly ticker: Ticker
  readonly side: Side
  /** Where it will rest; null where it only leaves. */
  readonly price: Decimal | null
  readonly quantity: Decimal
  /** An order of this name is what was awaited. */
  readonly clientOrderId: string | null
  /** Orders that will be gone from where they are. */
  readonly leaving: readonly string[]
}

export const useFlights = create<{ readonly flights: readonly Flight[] }>(() => ({ flights: [] }))

/** Wait until the stream shows something, but not long. */
function shown(check: () => boolean): Promise<void> {
  if (check()) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      unsubscribe()
      resolve()
    }
    const timer = setTimeout(done, STREAM_WITHIN_MS)
    const unsubscribe = useStream.subscribe(() => {
      if (check()) done()
    })
  })
}

/** Show something as on its way until it is answered and, where it went well, until the stream shows `known`. */
export async function fly<T>(flight: Flight, doing: Promise<T>, known: (result: T) => boolean): Promise<T> {
  useFlights.setState(({ flights }) => ({ flights: [...flights, flight] }))
  const land = () =>
    useFlights.setState(({ flights }) => ({ flights: flights.filter((other) => other !== flight) }))
  try {
    const result = await doing
    void shown(() => known(result)).then(land)
    return result
  } catch (error) {
    land()
    throw error
  }
}
