/**
 * Keeps the queue estimates of a market as long as a ladder shows them, and longer while orders rest there: whoever
 * looks at another panel for a moment does not lose them.
 */
import { useEffect } from 'react'
import { create } from 'zustand'
import type { Place, Resting } from '@/pages/trade/ladder/place'
import { NO_QUEUES, observe, type Seen } from '@/pages/trade/ladder/queue'
import type { StreamState } from '@/stream/state'
import { connection, useStream } from '@/stream/store'
import { isResting } from '@/trading/own-rows'
import type { Decimal } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Order } from '@/wire/views'

type Places = ReadonlyMap<string, Place>

const useTracked = create<{ readonly markets: ReadonlyMap<Ticker, Places> }>(() => ({ markets: new Map() }))

interface Watch {
  ladders: number
  readonly end: () => void
}

const watches = new Map<Ticker, Watch>()

function store(ticker: Ticker, places: Places | null): void {
  useTracked.setState(({ markets }) => {
    const next = new Map(markets)
    if (places === null) next.delete(ticker)
    else next.set(ticker, places)
    return { markets: next }
  })
}

const resting = new WeakMap<ReadonlyMap<string, Order>, Map<Ticker, ReadonlyMap<string, Resting>>>()

/** What rests in a market, looked for once as long as the account's orders stay the same. */
function restingOf(open: ReadonlyMap<string, Order>, ticker: Ticker): ReadonlyMap<string, Resting> {
  const markets = resting.get(open) ?? new Map<Ticker, ReadonlyMap<string, Resting>>()
  resting.set(open, markets)
  const known = markets.get(ticker)
  if (known) return known
  const found = new Map<string, Resting>()
  for (const [id, order] of open) {
    const { side, price, quantity, filled_quantity: filled } = order
    if (order.ticker === ticker && price !== null && isResting(order)) {
      found.set(id, { side, price, quantity, filled })
    }
  }
  markets.set(ticker, found)
  return found
}

/** A moment of the stream as the estimates look at it. */
function seenIn(state: StreamState, ticker: Ticker): Seen {
  const book = state.channels.get(`book:${ticker}`)
  const account = state.channels.get('account')
  const live = book?.standing === 'live'
  let ended: Map<string, Decimal> | undefined
  return {
    book: live ? (state.books.get(ticker) ?? null) : null,
    bookSequence: live ? book.sequence : null,
    trades: state.tapes.get(ticker) ?? [],
    orders: account?.standing === 'live' ? restingOf(state.own.open, ticker) : null,
    filledOf: (id) => {
      ended ??= new Map(state.own.ended.map((order) => [order.order_id, order.filled_quantity]))
      return ended.get(id)
    },
  }
}

function watch(ticker: Ticker): Watch {
  let queues = NO_QUEUES
  let { epoch } = useStream.getState()
  const step = (state: StreamState) => {
    const before = queues.places
    // Another start of the venue numbers everything anew, and another account has other orders.
    if (state.epoch !== epoch || !state.channels.has('account')) queues = NO_QUEUES
    epoch = state.epoch
    if (state.channels.has('account')) queues = observe(queues, seenIn(state, ticker))
    if (queues.places !== before) store(ticker, queues.places)
    const watching = watches.get(ticker)
    if (queues.places.size === 0 && watching?.ladders === 0) watching.end()
  }
  const unfollow = connection.follow([`book:${ticker}`, `trades:${ticker}`])
  const unsubscribe = useStream.subscribe(step)
  step(useStream.getState())
  return {
    ladders: 0,
    end: () => {
      unsubscribe()
      unfollow()
      watches.delete(ticker)
      store(ticker, null)
    },
  }
}

/** The queue estimates of a market, from the moment that its ladder was first looked at. */
export function useQueuePlaces(ticker: Ticker): Places {
  useEffect(() => {
    const watching = watches.get(ticker) ?? watch(ticker)
    watches.set(ticker, watching)
    watching.ladders += 1
    return () => {
      watching.ladders -= 1
    }
  }, [ticker])
  return useTracked((state) => state.markets.get(ticker) ?? NO_QUEUES.places)
}
