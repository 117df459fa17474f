import { useEffect, useState } from 'react'
import { CandleFeed } from '@/pages/trade/chart/feed'
import { subscribeCalmly } from '@/stream/calm'
import type { StreamState } from '@/stream/state'
import { useStream } from '@/stream/store'
import { getCandles, type Interval } from '@/wire/api'
import type { Ticker } from '@/wire/reading'
import type { Trade } from '@/wire/views'

const NO_TRADES: readonly Trade[] = []
/** How often the newest candle grows: each time the canvas is painted anew. */
const CANDLES_EVERY_MS = 100

/** Keep a feed as new as the stream is. Returns how to stop. */
function follow(feed: CandleFeed, ticker: Ticker): () => void {
  const channel = `trades:${ticker}`
  const standing = (state: StreamState) => state.channels.get(channel)?.standing
  const see = ({ tapes }: StreamState) => {
    const tape = tapes.get(ticker)
    if (tape) feed.see(tape)
  }
  const unsubscribe = useStream.subscribe((state, before) => {
    // A venue that was started anew may count from the beginning, and may have lost what was in memory.
    if (before.epoch !== null && state.epoch !== before.epoch) feed.start()
    else if (
      state.counts.reconnects !== before.counts.reconnects ||
      (standing(state) === 'live' && (standing(before) === 'gap' || standing(before) === 'stale'))
    ) {
      feed.again()
    }
  })
  const calm = subscribeCalmly(see, CANDLES_EVERY_MS)
  return () => {
    unsubscribe()
    calm()
  }
}

/** The candles of a market, as long as the component is there; none in the first moment. */
export function useFeed(ticker: Ticker, interval: Interval): CandleFeed | null {
  const [feed, setFeed] = useState<CandleFeed | null>(null)
  useEffect(() => {
    const made = new CandleFeed({
      ticker,
      interval,
      load: getCandles,
      tape: () => useStream.getState().tapes.get(ticker) ?? NO_TRADES,
    })
    const unfollow = follow(made, ticker)
    made.start()
    setFeed(made)
    return () => {
      unfollow()
      made.stop()
    }
  }, [ticker, interval])
  return feed
}
