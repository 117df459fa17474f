'use strict'
/**
 * Price and volume on a canvas, however long the page is open.
 *
 * What is drawn is kept in bars of simulated time. When there are too many, two become one and bars are twice as long
 * from then on, so memory and work stay bounded and the whole session stays in sight.
 */

const BARS_MAX = 600
const BAR_US_FIRST = 100_000
const VOLUME_SHARE = 0.16

class PriceChart {
  constructor(canvas) {
    this.canvas = canvas
    this.context = canvas.getContext('2d')
    this.digits = 2
    this.pointer = null
    this.clear()
    canvas.addEventListener('pointermove', (event) => {
      this.pointer = event.offsetX
      this.draw()
    })
    canvas.addEventListener('pointerleave', () => {
      this.pointer = null
      this.draw()
    })
    new ResizeObserver(() => this.draw()).observe(canvas)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw())
  }

  clear() {
    this.bars = []
    this.width_us = BAR_US_FIRST
  }

  /** The bar of a moment, made when there is none yet; `price` is where it begins. */
  barAt(timestamp_us, price) {
    const at = Math.floor(timestamp_us / this.width_us)
    const last = this.bars.at(-1)
    if (last !== undefined && last.at >= at) return last
    const bar = { at, high: price, low: price, close: price, bought: 0, sold: 0 }
    this.bars.push(bar)
    while (this.bars.at(-1).at - this.bars[0].at >= BARS_MAX) this.halve()
    return this.bars.at(-1)
  }

  halve() {
    this.width_us *= 2
    const merged = []
    for (const bar of this.bars) {
      const at = Math.floor(bar.at / 2)
      const last = merged.at(-1)
      if (last === undefined || last.at !== at) {
        merged.push({ ...bar, at })
        continue
      }
      last.high = Math.max(last.high, bar.high)
      last.low = Math.min(last.low, bar.low)
      last.close = bar.close
      last.bought += bar.bought
      last.sold += bar.sold
    }
    this.bars = merged
  }

  price(timestamp_us, price) {
    const bar = this.barAt(timestamp_us, price)
    bar.high = Math.max(bar.high, price)
    bar.low = Math.min(bar.low, price)
    bar.close = price
  }

  trade(timestamp_us, price, size, side) {
    this.price(timestamp_us, price)
    const bar = this.bars.at(-1)
    if (side === 'sell') bar.sold += size
    else bar.bought += size
  }

  draw() {
    const { canvas, context } = this
    const ratio = devicePixelRatio || 1
    const width = canvas.clientWidth
    const height = canvas.clientHeight
    if (width === 0 || height === 0) return
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio)
      canvas.height = Math.round(height * ratio)
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    const style = getComputedStyle(canvas)
    const colour = (name) => style.getPropertyValue(`--${name}`)
    context.font = `11px ${style.fontFamily}`
    context.textBaseline = 'middle'
    const bars = this.bars
    if (bars.length === 0) {
      context.fillStyle = colour('faint')
      context.fillText('Waiting for the first price', 14, 20)
      return
    }

    const box = this.place(width, height)
    this.drawPrices(box, colour)
    this.drawTimes(box, colour)
    this.drawVolume(box, colour)
    this.drawLine(box, colour)
    this.drawLast(box, colour)
    if (this.pointer !== null) this.drawPointer(box, colour)
  }

  /** Where everything is: functions from bars and prices to pixels. */
  place(width, height) {
    const bars = this.bars
    let low = Infinity
    let high = -Infinity
    let most = 0
    for (const bar of bars) {
      low = Math.min(low, bar.low)
      high = Math.max(high, bar.high)
      most = Math.max(most, bar.bought + bar.sold)
    }
    const least = 4 * 10 ** -this.digits
    const margin = Math.max((high - low) * 0.08, least - (high - low) / 2)
    low -= margin
    high += margin
    const axis = Math.ceil(this.context.measureText(this.written(high)).width) + 18
    const right = width - axis
    const bottom = height - 24
    const top = 12
    const base = bottom - (bottom - top) * VOLUME_SHARE
    const first = bars[0].at
    const count = Math.max(bars.at(-1).at - first + 1, 60)
    return {
      width, height, right, bottom, top, base, low, high, most, count,
      step: right / count,
      x: (bar) => ((bar.at - first + 0.5) / count) * right,
      y: (price) => top + ((high - price) / (high - low)) * (base - 8 - top),
      bar: (x) => first + Math.floor((x / right) * count),
    }
  }

  written(price) {
    return price.toLocaleString('en', { minimumFractionDigits: this.digits, maximumFractionDigits: this.digits })
  }

  drawPrices(box, colour) {
    const { context } = this
    const wanted = (box.high - box.low) / Math.max(2, Math.floor((box.base - box.top) / 56))
    const power = 10 ** Math.floor(Math.log10(wanted))
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= wanted)
    context.lineWidth = 1
    context.textAlign = 'left'
    for (let price = Math.ceil(box.low / step) * step; price < box.high; price += step) {
      const y = Math.round(box.y(price)) + 0.5
      if (y < box.top || y > box.base) continue
      context.strokeStyle = colour('line')
      context.beginPath()
      context.moveTo(0, y)
      context.lineTo(box.right, y)
      context.stroke()
      // The last price has a tag of its own there.
      if (Math.abs(y - box.y(this.bars.at(-1).close)) < 16) continue
      context.fillStyle = colour('faint')
      context.fillText(this.written(price), box.right + 9, y)
    }
  }

  drawTimes(box, colour) {
    const { context } = this
    const labels = Math.max(1, Math.floor(box.right / 130))
    const first = this.bars[0].at
    context.fillStyle = colour('faint')
    context.textAlign = 'center'
    for (let label = 0; label < labels; label += 1) {
      const share = (label + 0.5) / labels
      context.fillText(clockOf((first + share * box.count) * this.width_us), share * box.right, box.height - 11)
    }
  }

  drawVolume(box, colour) {
    if (box.most === 0) return
    const { context } = this
    const tall = box.bottom - box.base
    const wide = Math.max(1, Math.min(box.step * 0.8, 8))
    for (const bar of this.bars) {
      const bought = (bar.bought / box.most) * tall
      const sold = (bar.sold / box.most) * tall
      const x = box.x(bar) - wide / 2
      context.globalAlpha = 0.6
      context.fillStyle = colour('up')
      context.fillRect(x, box.bottom - bought, wide, bought)
      context.fillStyle = colour('down')
      context.fillRect(x, box.bottom - bought - sold, wide, sold)
    }
    context.globalAlpha = 1
  }

  drawLine(box, colour) {
    const { context } = this
    const path = new Path2D()
    const band = new Path2D()
    const first = this.bars[0]
    const last = this.bars.at(-1)
    for (const bar of this.bars) {
      path.lineTo(box.x(bar), box.y(bar.close))
      band.rect(box.x(bar) - 0.5, box.y(bar.high), 1, Math.max(0, box.y(bar.low) - box.y(bar.high)))
    }
    const area = new Path2D(path)
    area.lineTo(box.x(last), box.base)
    area.lineTo(box.x(first), box.base)
    const shade = context.createLinearGradient(0, box.top, 0, box.base)
    shade.addColorStop(0, colour('accent-soft'))
    shade.addColorStop(1, 'transparent')
    context.fillStyle = shade
    context.fill(area)
    context.globalAlpha = 0.35
    context.fillStyle = colour('accent')
    context.fill(band)
    context.globalAlpha = 1
    context.strokeStyle = colour('accent')
    context.lineWidth = 1.75
    context.lineJoin = 'round'
    context.stroke(path)
  }

  drawLast(box, colour) {
    const { context } = this
    const last = this.bars.at(-1)
    const y = box.y(last.close)
    context.strokeStyle = colour('accent')
    context.globalAlpha = 0.6
    context.setLineDash([2, 3])
    context.beginPath()
    context.moveTo(0, Math.round(y) + 0.5)
    context.lineTo(box.right, Math.round(y) + 0.5)
    context.stroke()
    context.setLineDash([])
    context.globalAlpha = 1
    context.fillStyle = colour('accent')
    context.beginPath()
    context.arc(box.x(last), y, 3, 0, 2 * Math.PI)
    context.fill()
    this.tag(box, y, this.written(last.close), colour('accent'), colour('panel'))
  }

  tag(box, y, text, fill, ink) {
    const { context } = this
    context.fillStyle = fill
    context.beginPath()
    context.roundRect(box.right + 3, y - 9, box.width - box.right - 6, 18, 4)
    context.fill()
    context.fillStyle = ink
    context.textAlign = 'left'
    context.fillText(text, box.right + 9, y + 0.5)
  }

  drawPointer(box, colour) {
    const { context } = this
    const at = box.bar(Math.min(this.pointer, box.right - 1))
    const bar = this.bars.findLast((one) => one.at <= at) ?? this.bars[0]
    const x = Math.round(box.x(bar)) + 0.5
    context.strokeStyle = colour('line-strong')
    context.beginPath()
    context.moveTo(x, box.top)
    context.lineTo(x, box.bottom)
    context.stroke()
    this.tag(box, box.y(bar.close), this.written(bar.close), colour('text'), colour('panel'))
    const text = `${clockOf(bar.at * this.width_us)}   ${this.written(bar.close)}   bought ${written(bar.bought)}   sold ${written(bar.sold)}`
    const wide = context.measureText(text).width + 16
    const left = Math.max(4, Math.min(x + 8, box.right - wide - 4))
    context.fillStyle = colour('panel')
    context.strokeStyle = colour('line-strong')
    context.beginPath()
    context.roundRect(left, 8, wide, 22, 5)
    context.fill()
    context.stroke()
    context.fillStyle = colour('text')
    context.textAlign = 'left'
    context.fillText(text, left + 8, 19.5)
  }
}

const written = (amount) => amount.toLocaleString('en', { maximumFractionDigits: 4 })

/** Simulated time as HH:MM:SS. */
const clockOf = (timestamp_us) => new Date(timestamp_us / 1_000).toISOString().slice(11, 19)
