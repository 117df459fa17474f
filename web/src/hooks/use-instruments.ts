import { useQuery } from '@tanstack/react-query'
import { getInstruments } from '@/wire/api'
import type { Ticker } from '@/wire/reading'
import type { Instrument } from '@/wire/views'

/** What is listed, with its steps and fees. */
export function useInstruments() {
  return useQuery({
    queryKey: ['instruments'],
    queryFn: ({ signal }) => getInstruments(signal),
    staleTime: 60_000,
  })
}

/** One of them; null while it is not known, or where there is none. */
export function useInstrument(ticker: Ticker): Instrument | null {
  const { data } = useInstruments()
  return data?.instruments.find((listed) => listed.ticker === ticker) ?? null
}
