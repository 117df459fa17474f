/** What the connection and its channels do, in words. */
import type { LinkStanding, Standing } from '@/stream/state'

export interface Said {
  readonly word: string
  readonly explained: string
  readonly tone: 'up' | 'warn' | 'down'
}

/** The state of the connection as one word, and what it means for whoever trades. */
export function linkSaid(link: LinkStanding, standings: Iterable<Standing>, farewell: string | null): Said {
  if (link === 'connecting') {
    return { word: 'Connecting', explained: 'The page opens its connection to the venue.', tone: 'warn' }
  }
  if (link === 'lost') {
    return {
      word: 'Disconnected',
      explained: `${farewellWords(farewell)} What is shown may be old; the page tries again by itself.`,
      tone: 'down',
    }
  }
  const all = [...standings]
  if (all.some((standing) => standing === 'gap' || standing === 'stale')) {
    return {
      word: 'Catching up',
      explained: 'The connection stands; some channels wait for what they missed.',
      tone: 'warn',
    }
  }
  return { word: 'Live', explained: 'All that you follow is up to date.', tone: 'up' }
}

const FAREWELLS: Readonly<Record<string, string>> = {
  slow_reader: 'The venue hung up, because this page did not read fast enough.',
  session_over: 'The venue hung up, because the session ended.',
  closing: 'The venue is stopping.',
  rate_limited: 'The venue hung up, because too many messages were sent.',
}

const farewellWords = (code: string | null): string =>
  code === null ? 'The connection is lost.' : (FAREWELLS[code] ?? 'The venue hung up.')

const STANDINGS: Readonly<
  Record<Standing, { word: string; explained: string; tone: 'up' | 'warn' | 'plain' }>
> = {
  asked: { word: 'Asked for', explained: 'Nothing came yet.', tone: 'plain' },
  live: { word: 'Live', explained: 'Up to date.', tone: 'up' },
  stale: { word: 'Stale', explained: 'From before the connection was lost.', tone: 'warn' },
  gap: { word: 'Gap', explained: 'A message is missing; a snapshot is asked for.', tone: 'warn' },
}
export const standingSaid = (standing: Standing) => STANDINGS[standing]

/** A channel as people say it: Trades of FUN. */
export function channelWords(name: string): string {
  const colon = name.indexOf(':')
  const kind = colon < 0 ? name : name.slice(0, colon)
  const ticker = colon < 0 ? '' : name.slice(colon + 1)
  const words = CHANNELS[kind] ?? kind
  return ticker ? `${words} of ${ticker}` : words
}

const CHANNELS: Readonly<Record<string, string>> = {
  prices: 'Prices of all markets',
  news: 'News',
  account: 'Your orders, fills and balance',
  trades: 'Trades',
  book: 'Order book',
  orderbook: 'Order book at a glance',
}

const DURABILITY = {
  durable: { word: 'Durable', explained: 'An order is acknowledged once it is on the disk.' },
  memory: {
    word: 'In memory',
    explained: 'An order is acknowledged once it is matched; the disk follows behind.',
  },
} as const
export const durabilitySaid = (durability: 'durable' | 'memory') => DURABILITY[durability]
