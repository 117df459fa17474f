import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { isEnough, SPARK_MAX, SPARK_STEPS, type Spark, sparkOf, withPrice } from '@/pages/markets/spark'
import { getCandles } from '@/wire/api'
import type { Decimal } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'

/** How often history is asked for again: what the page missed while it slept comes in then. */
const AGAIN_MS = 300_000

async function fetchSpark(ticker: Ticker, signal: AbortSignal): Promise<Spark | null> {
  let spark: Spark | null = null
  for (const step of SPARK_STEPS) {
    const { interval, step_ms } = step
    const now = Date.now()
    const { candles } = await getCandles(ticker, interval, { start: now - SPARK_MAX * step_ms }, signal)
    // A market that slept for an hour has candles of five minutes alone.
    spark = sparkOf(candles, step_ms, now) ?? spark
    if (isEnough(candles, step)) break
  }
  return spark
}

/** The line of a market's last hours, kept up with its price; null until there is one. */
export function useSpark(ticker: Ticker, price: Decimal | null, wanted = true): Spark | null {
  const { data = null } = useQuery({
    queryKey: ['spark', ticker],
    queryFn: ({ signal }) => fetchSpark(ticker, signal),
    enabled: wanted,
    staleTime: AGAIN_MS,
    refetchInterval: AGAIN_MS,
  })
  const kept = useRef<{ from: Spark | null; spark: Spark | null }>({ from: null, spark: null })
  if (kept.current.from !== data) kept.current = { from: data, spark: data }
  if (kept.current.spark && price !== null) {
    kept.current.spark = withPrice(kept.current.spark, price, Date.now())
  }
  return kept.current.spark
}
