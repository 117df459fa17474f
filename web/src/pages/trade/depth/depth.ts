/**
 * The depth of a book: how much can be traded up to a price, and what that costs.
 *
 * What is told in figures is exact; only what is drawn is made of floats. Nothing here has a canvas or a clock.
 */

import type { Book, BookLevel } from '@/stream/book'
import { spreadPart } from '@/trading/glance'
import { add, type Decimal, divide, multiply, subtract, toNumber, ZERO } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

/** A side of a book to be drawn: the sum of quantities from the best price up to each level. */
export interface Curve {
  readonly prices: Float64Array
  readonly totals: Float64Array
}

/** Cumulate levels, best first. */
export function curveOf(levels: readonly BookLevel[]): Curve {
  const prices = new Float64Array(levels.length)
  const totals = new Float64Array(levels.length)
  let total: bigint = ZERO
  for (const [place, level] of levels.entries()) {
    total += level.quantity
    prices[place] = toNumber(level.price)
    totals[place] = toNumber(total as Decimal)
  }
  return { prices, totals }
}

/** How many levels of a curve lie within a distance of a price, and so how high it is there. */
export function totalAt({ prices, totals }: Curve, price: number, side: Side): number {
  const reached = side === 'buy' ? (there: number) => there >= price : (there: number) => there <= price
  let low = 0
  let high = prices.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (reached(prices[middle] ?? 0)) low = middle + 1
    else high = middle
  }
  return totals[low - 1] ?? 0
}

export interface Figures {
  /** Between the best prices; the best of the one side where the other is empty; none in an empty book. */
  readonly middle: Decimal | null
  readonly spread: Decimal | null
  /** The spread as a part of the middle. */
  readonly spreadPart: number | null
}

export function figuresOf({ bids, asks }: Book): Figures {
  const [bid, ask] = [bids[0]?.price, asks[0]?.price]
  if (bid === undefined || ask === undefined) {
    return { middle: bid ?? ask ?? null, spread: null, spreadPart: null }
  }
  const middle = (add(bid, ask) / 2n) as Decimal
  const spread = subtract(ask, bid)
  return { middle, spread, spreadPart: spreadPart(bid, ask) }
}

export interface Reach {
  /** All that rests up to the price. */
  readonly quantity: Decimal
  /** What all of it costs, or brings: exact. */
  readonly cost: Decimal
  /** Of all of it, rounded at 10^-18; none where nothing rests. */
  readonly averagePrice: Decimal | null
  readonly levels: number
}

/** What can be traded against a side of a book up to a price. */
export function reachTo(levels: readonly BookLevel[], side: Side, price: Decimal): Reach {
  let quantity = ZERO
  let cost = ZERO
  let count = 0
  for (const level of levels) {
    if (side === 'buy' ? level.price < price : level.price > price) break
    quantity = add(quantity, level.quantity)
    cost = add(cost, multiply(level.price, level.quantity))
    count += 1
  }
  return { quantity, cost, averagePrice: quantity === 0n ? null : divide(cost, quantity), levels: count }
}

export interface Balance {
  readonly bids: Decimal
  readonly asks: Decimal
  /** The share of the bids, from 0 to 1; none where nothing rests. */
  readonly bidPart: number | null
}

/** What rests on both sides within a part of the middle: 0.01 is one per cent up and down. */
export function balanceOf({ bids, asks }: Book, middle: Decimal, part: number): Balance {
  const away = ((middle * BigInt(Math.round(part * 1e9))) / 1_000_000_000n) as Decimal
  const below = reachTo(bids, 'buy', subtract(middle, away)).quantity
  const above = reachTo(asks, 'sell', add(middle, away)).quantity
  const sum = toNumber(add(below, above))
  return { bids: below, asks: above, bidPart: sum === 0 ? null : toNumber(below) / sum }
}

/** The price on the other side that is as far from the middle, never below zero. */
export function mirrored(price: Decimal, middle: Decimal): Decimal {
  const other = subtract((middle * 2n) as Decimal, price)
  return other < 0n ? ZERO : other
}

/** The price of a whole step that is nearest to where somebody points. */
export function priceNear(price: number, step: Decimal): Decimal {
  const steps = Math.max(0, Math.round(price / toNumber(step)))
  return (BigInt(steps) * step) as Decimal
}

/** How far from the middle may be shown, as parts of it: the steps of the zoom. */
export const PARTS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1] as const
/** How much of what rests is shown when nobody chose. */
const SHOWN_PART = 0.9
/** Room beyond it, so that the picture does not end where the book seems to. */
const ROOM = 1.5
/** A nearer zoom must fit by this much before it is taken, so that the picture stays calm. */
const CALM_PART = 0.7

/** How far from the middle to look, as a part of it, so that most of what rests is seen. */
export function widthOf({ bids, asks }: Book, middle: Decimal): number {
  const centre = toNumber(middle)
  if (centre <= 0) return 0
  return ROOM * Math.max(...[bids, asks].map((levels) => sideWidth(levels, centre)))
}

function sideWidth(levels: readonly BookLevel[], centre: number): number {
  let sum = 0
  for (const level of levels) sum += toNumber(level.quantity)
  let rest = sum * SHOWN_PART
  for (const level of levels) {
    rest -= toNumber(level.quantity)
    if (rest <= 0) return Math.abs(toNumber(level.price) - centre) / centre
  }
  return 0
}

/** The zoom, a place in `PARTS`, that shows a width; the one before where that still fits well. */
export function zoomFor(width: number, before: number | null): number {
  const fitting = PARTS.findIndex((part) => width <= part)
  const wanted = fitting < 0 ? PARTS.length - 1 : fitting
  if (before === null || wanted >= before) return wanted
  const nearer = PARTS[before - 1] ?? 0
  return width > nearer * CALM_PART ? before : wanted
}

/** Round values between two, few enough to be written beside an axis. */
export function ticksOf(low: number, high: number, most: number): number[] {
  const span = high - low
  if (!(span > 0) || most < 1) return []
  const rough = span / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((part) => part * power).find((size) => size >= rough) ?? 10 * power
  const ticks: number[] = []
  for (let place = Math.ceil(low / step); place * step <= high; place += 1) ticks.push(place * step)
  return ticks
}

const TOPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10] as const
/** A scale is kept until the highest falls below this part of it. */
const TOP_CALM_PART = 0.55

/** The top of the quantity axis: round, above the highest, and the one before where that still fits well. */
export function topFor(highest: number, before: number | null): number {
  if (!(highest > 0)) return before ?? 1
  if (before !== null && highest <= before * 0.97 && highest >= before * TOP_CALM_PART) return before
  const power = 10 ** Math.floor(Math.log10(highest))
  return (TOPS.find((top) => highest * 1.06 <= top * power) ?? 15) * power
}
