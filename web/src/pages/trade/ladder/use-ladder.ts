import { useMemo } from 'react'
import { useFlights } from '@/pages/trade/ladder/in-flight'
import { coming, ownCells } from '@/pages/trade/ladder/own'
import type { SideCells } from '@/pages/trade/ladder/rows'
import { useQueuePlaces } from '@/pages/trade/ladder/tracker'
import { useStream } from '@/stream/store'
import type { Decimal } from '@/wire/decimal'
import type { Side, Ticker } from '@/wire/reading'

/** One's own orders of both sides, with their places in the queue and what is on its way. */
export function useOwnCells(ticker: Ticker, unit: Decimal, step: Decimal): Readonly<Record<Side, SideCells>> {
  const open = useStream((state) => state.own.open)
  const places = useQueuePlaces(ticker)
  const flights = useFlights((state) => state.flights)
  return useMemo(() => {
    const of = (side: Side): SideCells => ({
      own: ownCells(open, places, flights, { ticker, side, unit, step }),
      coming: coming(flights, open, { ticker, side, unit }),
    })
    return { buy: of('buy'), sell: of('sell') }
  }, [open, places, flights, ticker, unit, step])
}
