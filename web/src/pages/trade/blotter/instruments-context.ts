import { createContext, use, useMemo } from 'react'
import { useInstruments } from '@/hooks/use-instruments'
import { decimalOf } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Instrument } from '@/wire/views'

type Steps = Pick<Instrument, 'price_step' | 'quantity_step'>

/** The steps of all markets, looked up once for a table and not once for each cell. */
export const StepsContext = createContext<ReadonlyMap<Ticker, Steps>>(new Map())

const FINE: Steps = { price_step: decimalOf('0.01'), quantity_step: decimalOf('1') }

export const useSteps = (ticker: Ticker): Steps => use(StepsContext).get(ticker) ?? FINE

export function useAllSteps(): ReadonlyMap<Ticker, Steps> {
  const { data } = useInstruments()
  return useMemo(() => new Map(data?.instruments.map((listed) => [listed.ticker, listed])), [data])
}
