/** What a market's glance says beyond its own fields: spread, place in the day's range, and how prices are written. */
import { add, type Decimal, ONE, placesOf, subtract, toNumber } from '@/wire/decimal'
import type { Glance, Instrument } from '@/wire/views'

/** Places that a price has at least while its step is not known. */
const PLACES_MIN = 2
/** And at most: more of them tell nothing at a glance. */
const PLACES_MAX = 8

/** From the best bid to the best ask; null where either side is empty. */
export function spreadOf({ best_bid, best_ask }: Glance): Decimal | null {
  return best_bid === null || best_ask === null ? null : subtract(best_ask, best_bid)
}

/** The spread as a part of the middle price; null where a side is empty or the middle is not above zero. */
export function spreadPart(bid: Decimal | null, ask: Decimal | null): number | null {
  if (bid === null || ask === null) return null
  const twiceMiddle = add(bid, ask)
  return twiceMiddle > 0n ? (2 * toNumber(subtract(ask, bid))) / toNumber(twiceMiddle) : null
}

/** Where the last price stands between the lowest, 0, and the highest, 1, of the day; null where nothing traded. */
export function placeInRange({ current_price, low_24h, high_24h }: Glance): number | null {
  if (low_24h === null || high_24h === null) return null
  const span = toNumber(subtract(high_24h, low_24h))
  if (span <= 0) return 0.5
  return Math.min(1, Math.max(0, toNumber(subtract(current_price, low_24h)) / span))
}

/** The step that prices are written with: the instrument's or, until it is known, one that shows their digits. */
export function priceStepOf(glance: Glance | null, instrument: Instrument | null): Decimal {
  if (instrument) return instrument.price_step
  const prices = [
    glance?.current_price,
    glance?.best_bid,
    glance?.best_ask,
    glance?.high_24h,
    glance?.low_24h,
  ]
  const places = prices.map((price) => (price ? placesOf(price) : 0))
  return (ONE / 10n ** BigInt(Math.min(PLACES_MAX, Math.max(PLACES_MIN, ...places)))) as Decimal
}

/** Whether a market is meant by what somebody typed: by a part of its ticker or of its name. */
export function isMeant(typed: string, ticker: string, name: string): boolean {
  const wanted = typed.trim().toLocaleLowerCase()
  return ticker.toLocaleLowerCase().includes(wanted) || name.toLocaleLowerCase().includes(wanted)
}
