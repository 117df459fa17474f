/**
 * The stream's reducer: what is known, and what happened, give what is known next. It has no clock, no socket and no
 * React in it.
 *
 * Every message of a channel names the one before it. One that was seen is dropped; one whose predecessor was not seen
 * marks the channel as having a gap, and whoever holds the socket asks for a snapshot of it; until that comes
 * increments are dropped, so that nothing is built on a hole.
 */
import { bookOf, changeBook, EMPTY_BOOK } from '@/stream/book'
import { ownOf, withFill, withOrder } from '@/stream/own'
import {
  type ChannelState,
  type Counts,
  NEWS_MAX,
  NOTHING_OWNED,
  type StreamState,
  TAPE_MAX,
} from '@/stream/state'
import type { Frame, Hello, Message } from '@/wire/messages'
import { asTicker, type Ticker } from '@/wire/reading'
import type { Trade } from '@/wire/views'

export type StreamEvent =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'unreadable' }
  /** The connection is lost. */
  | { readonly kind: 'closed' }
  /** These channels were asked for; those that are `resumed` say nothing where nothing was missed. */
  | { readonly kind: 'asked'; readonly channels: readonly string[]; readonly resumed: boolean }
  /** The venue agreed to follow them, and has sent by now what was missed. */
  | { readonly kind: 'followed'; readonly channels: readonly string[] }
  | { readonly kind: 'dropped'; readonly channels: readonly string[] }
  /** Somebody else is signed in, or nobody. */
  | { readonly kind: 'forget_own' }

const counted = (state: StreamState, name: keyof Counts): StreamState => ({
  ...state,
  counts: { ...state.counts, [name]: state.counts[name] + 1 },
})

function withChannels(state: StreamState, changes: Iterable<readonly [string, ChannelState]>): StreamState {
  const channels = new Map(state.channels)
  for (const [name, channel] of changes) channels.set(name, channel)
  return { ...state, channels }
}

const withChannel = (state: StreamState, name: string, channel: ChannelState): StreamState =>
  withChannels(state, [[name, channel]])

/** Return what is known after an event. */
export function reduce(state: StreamState, event: StreamEvent): StreamState {
  switch (event.kind) {
    case 'connecting':
      return { ...state, link: 'connecting' }
    case 'closed':
      return withChannels(
        { ...state, link: 'lost' },
        [...state.channels].map(([name, channel]) => [
          name,
          channel.standing === 'live' ? { ...channel, standing: 'stale' } : channel,
        ]),
      )
    case 'unreadable':
      return counted(state, 'unreadable')
    case 'asked':
      return withChannels(
        state,
        event.channels.map((name) => [name, asked(state.channels.get(name), event.resumed)]),
      )
    case 'followed':
      return withChannels(state, followed(state, event.channels))
    case 'dropped':
      return dropped(state, event.channels)
    case 'forget_own': {
      const channels = new Map(state.channels)
      channels.delete('account')
      return { ...state, own: NOTHING_OWNED, channels }
    }
    case 'message':
      return received(counted(state, 'messages'), event.message)
  }
}

function asked(channel: ChannelState | undefined, resumed: boolean): ChannelState {
  if (channel === undefined) return { standing: 'asked', sequence: null }
  // A snapshot is on its way, and until then nothing of the channel fits on what is there.
  return resumed ? { ...channel, standing: 'stale' } : { standing: 'asked', sequence: null }
}

function followed(state: StreamState, names: readonly string[]): [string, ChannelState][] {
  const resumed: [string, ChannelState][] = []
  for (const name of names) {
    const channel = state.channels.get(name)
    if (channel?.standing === 'stale') resumed.push([name, { ...channel, standing: 'live' }])
  }
  return resumed
}

function dropped(state: StreamState, names: readonly string[]): StreamState {
  const channels = new Map(state.channels)
  const books = new Map(state.books)
  const tapes = new Map(state.tapes)
  for (const name of names) {
    channels.delete(name)
    const [kind, ticker] = parted(name)
    if (kind === 'book') books.delete(ticker)
    if (kind === 'trades') tapes.delete(ticker)
  }
  return { ...state, channels, books, tapes }
}

function parted(channel: string): [kind: string, ticker: Ticker] {
  const colon = channel.indexOf(':')
  return colon < 0 ? [channel, asTicker('')] : [channel.slice(0, colon), asTicker(channel.slice(colon + 1))]
}

function received(state: StreamState, message: Message): StreamState {
  switch (message.type) {
    case 'hello':
      return greeted(state, message)
    case 'reply':
    case 'pong':
    case 'goodbye':
      return state
    default:
      return framed(state, message)
  }
}

/** A venue that was started anew numbers its channels anew, so nothing of them can be resumed. */
function greeted(state: StreamState, hello: Hello): StreamState {
  const again = state.epoch !== null
  const anew = again && state.epoch !== hello.epoch
  const next: StreamState = {
    ...state,
    link: 'open',
    epoch: hello.epoch,
    durability: hello.durability,
    sequence: hello.sequence,
    channels: anew
      ? new Map([...state.channels].map(([name]) => [name, { standing: 'stale', sequence: null }]))
      : state.channels,
  }
  return again ? counted(next, 'reconnects') : next
}

function framed(state: StreamState, frame: Frame): StreamState {
  const channel = state.channels.get(frame.channel)
  // One that came while it was being unsubscribed.
  if (channel === undefined) return state
  if (!frame.snapshot) {
    // Either the snapshot that was asked for is on its way, or there is a hole.
    if (channel.sequence === null || channel.standing === 'gap') return state
    if (frame.sequence <= channel.sequence) return counted(state, 'duplicates')
    if (frame.previous !== channel.sequence) {
      return withChannel(counted(state, 'gaps'), frame.channel, { ...channel, standing: 'gap' })
    }
  }
  const next = withChannel(state, frame.channel, { standing: 'live', sequence: frame.sequence })
  const sequence = next.sequence === null || frame.sequence > next.sequence ? frame.sequence : next.sequence
  const known = { ...next, sequence }
  // Prices are whole each time: only the first of them is a snapshot worth counting.
  const fresh = frame.snapshot && (frame.type !== 'prices' || channel.standing !== 'live')
  return applied(fresh ? counted(known, 'snapshots') : known, frame)
}

function applied(state: StreamState, frame: Frame): StreamState {
  switch (frame.type) {
    case 'prices':
      return { ...state, prices: pricesOf(state, frame.data) }
    case 'book':
      return withBook(state, frame)
    case 'trades':
      return withTape(state, frame.data.ticker, frame.data.trades.toReversed())
    case 'trade':
      return withTape(state, frame.data.ticker, [frame.data, ...(state.tapes.get(frame.data.ticker) ?? [])])
    case 'account':
      return { ...state, own: ownOf(state.own, frame.data.orders, frame.data.balance) }
    case 'order':
      return { ...state, own: withOrder(state.own, frame.data.order) }
    case 'fill':
      return { ...state, own: withFill(state.own, frame.data.order, frame.data.fill) }
    case 'balance':
      return { ...state, own: { ...state.own, balance: frame.data.balance } }
    case 'news':
      return {
        ...state,
        news: 'news' in frame.data ? frame.data.news : [frame.data, ...state.news].slice(0, NEWS_MAX),
      }
  }
}

/** A market that did not change keeps its object, so that what shows it is not painted again. */
function pricesOf(
  state: StreamState,
  data: Extract<Frame, { type: 'prices' }>['data'],
): StreamState['prices'] {
  return new Map(
    Object.entries(data).map(([name, glance]) => {
      const ticker = asTicker(name)
      const before = state.prices.get(ticker)
      const same =
        before !== undefined &&
        (Object.keys(glance) as (keyof typeof glance)[]).every((field) => glance[field] === before[field])
      return [ticker, same ? before : glance]
    }),
  )
}

function withBook(state: StreamState, frame: Extract<Frame, { type: 'book' }>): StreamState {
  const { ticker, bids, asks } = frame.data
  const books = new Map(state.books)
  books.set(
    ticker,
    frame.snapshot ? bookOf(bids, asks) : changeBook(books.get(ticker) ?? EMPTY_BOOK, bids, asks),
  )
  return { ...state, books }
}

function withTape(state: StreamState, ticker: Ticker, trades: readonly Trade[]): StreamState {
  const tapes = new Map(state.tapes)
  tapes.set(ticker, trades.slice(0, TAPE_MAX))
  return { ...state, tapes }
}

/** Channels with a gap, of which a snapshot must be asked for. */
export const gapsOf = (state: StreamState): string[] =>
  [...state.channels].filter(([, channel]) => channel.standing === 'gap').map(([name]) => name)
