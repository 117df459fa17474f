/** Drawing the depth of a book on a canvas: what is where is decided elsewhere. */

import { formatFixed, formatShort } from '@/format/numbers'
import { type Curve, ticksOf, totalAt } from '@/pages/trade/depth/depth'
import { type ColourName, translucent } from '@/theme/store'
import { parseDecimal, ZERO } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

/** Room for the prices below the curves, in pixels. */
export const AXIS_HEIGHT = 22
const FONT = '11px "Inter Variable", system-ui, sans-serif'
const LABEL_WIDTH = 84
const LABEL_HEIGHT = 44
const PADDING = 5

/** An own order, where it works. */
export interface OwnMark {
  readonly price: number
  readonly side: Side
  readonly words: string
}

interface Pointed {
  readonly price: number
  readonly side: Side
}

/** What is drawn, in prices and quantities. */
export interface Scene {
  readonly bids: Curve
  readonly asks: Curve
  readonly places: number
  readonly orders: readonly OwnMark[]
  readonly pointed: readonly Pointed[]
}

/** Which part of it, on how many pixels. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly middle: number
  readonly half: number
  readonly top: number
}

export type Look = Readonly<Record<ColourName, string>>

const xOf = (frame: Frame, price: number): number =>
  ((price - frame.middle + frame.half) / (2 * frame.half)) * frame.width

export const priceAt = (frame: Frame, x: number): number =>
  frame.middle - frame.half + (x / frame.width) * 2 * frame.half

const floorOf = (frame: Frame): number => frame.height - AXIS_HEIGHT

const yOf = (frame: Frame, total: number): number => floorOf(frame) * (1 - total / frame.top)

const priceText = (price: number, places: number): string =>
  formatFixed(parseDecimal(Math.max(0, price).toFixed(places)) ?? ZERO, places)

/** Draw everything anew. */
export function drawDepth(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, look: Look): void {
  context.clearRect(0, 0, frame.width, frame.height)
  context.font = FONT
  context.lineJoin = 'miter'
  drawGrid(context, scene, frame, look)
  drawSide(context, scene.bids, 'buy', frame, look.up)
  drawSide(context, scene.asks, 'sell', frame, look.down)
  drawQuantities(context, frame, look)
  drawMiddle(context, scene, frame, look)
  for (const order of scene.orders) drawOrder(context, scene, order, frame, look)
  for (const pointed of scene.pointed) drawPointed(context, scene, pointed, frame, look)
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
}

/** Lines of one pixel are sharp in the middle of it. */
const sharp = (place: number): number => Math.round(place) + 0.5

function quantityTicks(frame: Frame): number[] {
  const most = Math.max(1, Math.floor(floorOf(frame) / LABEL_HEIGHT))
  return ticksOf(0, frame.top * 0.98, most).filter((tick) => tick > 0)
}

function drawGrid(
  context: CanvasRenderingContext2D,
  { places, pointed }: Scene,
  frame: Frame,
  look: Look,
): void {
  const floor = floorOf(frame)
  context.strokeStyle = look.line
  context.lineWidth = 1
  for (const tick of quantityTicks(frame)) {
    const y = sharp(yOf(frame, tick))
    line(context, 0, y, frame.width, y)
  }
  line(context, 0, sharp(floor), frame.width, sharp(floor))
  context.fillStyle = look.muted
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  const most = Math.floor(frame.width / LABEL_WIDTH)
  // The middle and the pointer have labels of their own; ticks that come close to them give way.
  const labelled = [frame.width / 2, ...pointed.map(({ price }) => xOf(frame, price))]
  for (const tick of ticksOf(frame.middle - frame.half, frame.middle + frame.half, most)) {
    const x = xOf(frame, tick)
    const text = priceText(tick, places)
    const half = context.measureText(text).width / 2
    const outside = x - half < 2 || x + half > frame.width - 2
    if (outside || labelled.some((place) => Math.abs(x - place) < 2 * half + 3 * PADDING)) continue
    context.fillText(text, x, floor + AXIS_HEIGHT / 2 + 1)
  }
}

function drawSide(
  context: CanvasRenderingContext2D,
  { prices, totals }: Curve,
  side: Side,
  frame: Frame,
  colour: string,
): void {
  const [first] = prices
  if (first === undefined) return
  const floor = floorOf(frame)
  const edge = side === 'buy' ? -2 : frame.width + 2
  const beyond = side === 'buy' ? (x: number) => x < edge : (x: number) => x > edge
  const path = new Path2D()
  let y = floor
  path.moveTo(xOf(frame, first), floor)
  for (let place = 0; place < prices.length; place += 1) {
    const x = xOf(frame, prices[place] ?? 0)
    if (beyond(x)) break
    path.lineTo(x, y)
    y = yOf(frame, totals[place] ?? 0)
    path.lineTo(x, y)
  }
  path.lineTo(edge, y)
  const area = new Path2D(path)
  area.lineTo(edge, floor)
  area.closePath()
  const shade = context.createLinearGradient(0, 0, 0, floor)
  shade.addColorStop(0, translucent(colour, 0.3))
  shade.addColorStop(1, translucent(colour, 0.08))
  context.fillStyle = shade
  context.fill(area)
  context.strokeStyle = colour
  context.lineWidth = 1.5
  context.stroke(path)
}

function drawQuantities(context: CanvasRenderingContext2D, frame: Frame, look: Look): void {
  context.fillStyle = look.muted
  context.textBaseline = 'bottom'
  for (const tick of quantityTicks(frame)) {
    const y = yOf(frame, tick) - 2
    const text = formatShort(tick)
    context.textAlign = 'left'
    context.fillText(text, 6, y)
    context.textAlign = 'right'
    context.fillText(text, frame.width - 6, y)
  }
}

function label(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  frame: Frame,
  fill: string,
  colour: string,
): void {
  const width = context.measureText(text).width + 2 * PADDING
  const left = Math.min(frame.width - width, Math.max(0, x - width / 2))
  context.fillStyle = fill
  context.beginPath()
  context.roundRect(left, floorOf(frame) + 3, width, AXIS_HEIGHT - 5, 3)
  context.fill()
  context.fillStyle = colour
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(text, left + width / 2, floorOf(frame) + AXIS_HEIGHT / 2 + 1)
}

function drawMiddle(
  context: CanvasRenderingContext2D,
  { places, bids, asks }: Scene,
  frame: Frame,
  look: Look,
): void {
  const x = xOf(frame, frame.middle)
  context.strokeStyle = look['line-strong']
  context.lineWidth = 1
  context.setLineDash([2, 3])
  line(context, sharp(x), 0, sharp(x), floorOf(frame))
  context.setLineDash([])
  // The middle of a spread of one step lies between two steps.
  const [bid, ask] = [bids.prices[0], asks.prices[0]]
  const middle = bid !== undefined && ask !== undefined ? (bid + ask) / 2 : (bid ?? ask ?? frame.middle)
  const finer = Math.abs(middle - Number(middle.toFixed(places))) > 10 ** -places / 4
  label(context, priceText(middle, finer ? places + 1 : places), x, frame, look.line, look.text)
}

function drawOrder(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { price, side, words }: OwnMark,
  frame: Frame,
  look: Look,
): void {
  const x = xOf(frame, price)
  if (x < 0 || x > frame.width) return
  const floor = floorOf(frame)
  const height = yOf(frame, totalAt(side === 'buy' ? scene.bids : scene.asks, price, side))
  context.strokeStyle = look.accent
  context.lineWidth = 1
  context.setLineDash([3, 2])
  line(context, sharp(x), Math.min(height, floor - 12), sharp(x), floor)
  context.setLineDash([])
  context.fillStyle = look.accent
  context.beginPath()
  context.moveTo(x, floor - 8)
  context.lineTo(x + 5, floor)
  context.lineTo(x - 5, floor)
  context.closePath()
  context.fill()
  const half = context.measureText(words).width / 2 + 2
  const at = Math.min(frame.width - half, Math.max(half, x))
  const y = Math.min(height, floor - 12) - 3
  // On a plate, so that it can be read over the curve.
  context.fillStyle = translucent(look.panel, 0.85)
  context.fillRect(at - half, y - 12, 2 * half, 13)
  context.fillStyle = look.accent
  context.textAlign = 'center'
  context.textBaseline = 'bottom'
  context.fillText(words, at, y)
}

function drawPointed(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { price, side }: Pointed,
  frame: Frame,
  look: Look,
): void {
  const x = xOf(frame, price)
  if (x < -1 || x > frame.width + 1) return
  const floor = floorOf(frame)
  const colour = side === 'buy' ? look.up : look.down
  const y = yOf(frame, totalAt(side === 'buy' ? scene.bids : scene.asks, price, side))
  const edge = side === 'buy' ? 0 : frame.width
  context.fillStyle = translucent(colour, 0.1)
  context.fillRect(Math.min(x, frame.width / 2), 0, Math.abs(x - frame.width / 2), floor)
  context.strokeStyle = look.faint
  context.lineWidth = 1
  context.setLineDash([3, 3])
  line(context, sharp(x), 0, sharp(x), floor)
  line(context, sharp(x), sharp(y), edge, sharp(y))
  context.setLineDash([])
  context.fillStyle = colour
  context.strokeStyle = look.panel
  context.lineWidth = 2
  context.beginPath()
  context.arc(x, y, 4, 0, 2 * Math.PI)
  context.fill()
  context.stroke()
  label(context, priceText(price, scene.places), x, frame, look['line-strong'], look.text)
}
