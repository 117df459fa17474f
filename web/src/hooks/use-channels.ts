import { useEffect } from 'react'
import { useCalm } from '@/hooks/use-calm'
import type { Standing } from '@/stream/state'
import { connection, useStream } from '@/stream/store'
import type { Ticker } from '@/wire/reading'
import type { Glance, Trade } from '@/wire/views'

/** Follow a channel as long as the component is there, and return how far it is to be believed. */
export function useChannel(channel: string): Standing {
  useEffect(() => connection.follow([channel]), [channel])
  return useStream((state) => state.channels.get(channel)?.standing ?? 'asked')
}

const NO_TRADES: readonly Trade[] = []
const TAPE_EVERY_MS = 100

/** The tape of a market, newest first. */
export function useTape(ticker: Ticker): { trades: readonly Trade[]; standing: Standing } {
  const standing = useChannel(`trades:${ticker}`)
  return { standing, trades: useStream((state) => state.tapes.get(ticker) ?? NO_TRADES) }
}

/** The same for a list that people read: ten times a second, however many trades there are. */
export function useCalmTape(ticker: Ticker): { trades: readonly Trade[]; standing: Standing } {
  const standing = useChannel(`trades:${ticker}`)
  const trades = useCalm((state) => state.tapes.get(ticker) ?? NO_TRADES, TAPE_EVERY_MS)
  return { standing, trades }
}

/** The order book of a market; none until its snapshot came. */
export function useBook(ticker: Ticker) {
  const standing = useChannel(`book:${ticker}`)
  return { standing, book: useStream((state) => state.books.get(ticker) ?? null) }
}

export const useGlance = (ticker: Ticker): Glance | null =>
  useStream((state) => state.prices.get(ticker) ?? null)
