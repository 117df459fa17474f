import { type KeyboardEvent, type MouseEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { announce } from '@/components/announcer'
import { formatStep } from '@/format/numbers'
import { type Curve, mirrored, priceNear, reachTo } from '@/pages/trade/depth/depth'
import type { Scene } from '@/pages/trade/depth/draw'
import { OneSided, Summary } from '@/pages/trade/depth/notes'
import { Readout, type ReadoutProps, readoutWords } from '@/pages/trade/depth/readout'
import { useOwnMarks } from '@/pages/trade/depth/use-own-marks'
import { usePainter } from '@/pages/trade/depth/use-painter'
import type { Book } from '@/stream/book'
import { pickPrice } from '@/trading/ticket'
import { type Decimal, placesOf, toNumber } from '@/wire/decimal'
import type { Side, Ticker } from '@/wire/reading'

/** How far a wheel turns for one step of the zoom. */
const WHEEL_STEP = 60

interface Props {
  readonly ticker: Ticker
  readonly book: Book
  readonly curves: { readonly bids: Curve; readonly asks: Curve }
  readonly middle: Decimal
  /** How far from the middle is shown, as a part of it. */
  readonly part: number
  readonly step: Decimal
  readonly onZoom: (steps: number) => void
}

const sideOf = (price: Decimal, middle: Decimal): Side => (price <= middle ? 'buy' : 'sell')

/** The curves, and what the pointer says about them. */
export function Plot({ ticker, book, curves, middle, part, step, onZoom }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const summary = useId()
  const [pointed, setPointed] = useState<Decimal | null>(null)
  const orders = useOwnMarks(ticker)

  const readouts = useMemo((): readonly ReadoutProps[] => {
    if (pointed === null) return []
    const other = mirrored(pointed, middle)
    const [low, high] = pointed <= other ? [pointed, other] : [other, pointed]
    return [
      { side: 'buy', price: low, reach: reachTo(book.bids, 'buy', low), middle, step },
      { side: 'sell', price: high, reach: reachTo(book.asks, 'sell', high), middle, step },
    ]
  }, [pointed, middle, book, step])

  const scene = useMemo(
    (): Scene => ({
      ...curves,
      places: placesOf(step),
      orders,
      pointed: readouts.map(({ price, side }) => ({ price: toNumber(price), side })),
    }),
    [curves, step, orders, readouts],
  )
  const target = useMemo(() => ({ middle: toNumber(middle), half: toNumber(middle) * part }), [middle, part])
  const painter = usePainter(canvas, scene, target)

  const zoom = useRef(onZoom)
  zoom.current = onZoom
  useEffect(() => {
    const place = canvas.current
    let turned = 0
    const turn = (event: WheelEvent) => {
      // With Control it is the page that is zoomed.
      if (event.ctrlKey) return
      event.preventDefault()
      turned += event.deltaY
      const steps = Math.trunc(turned / WHEEL_STEP)
      if (steps === 0) return
      turned = 0
      zoom.current(Math.sign(steps))
    }
    // React listens passively, which could not keep the page where it is.
    place?.addEventListener('wheel', turn, { passive: false })
    return () => place?.removeEventListener('wheel', turn)
  }, [])

  const priceUnder = (event: MouseEvent): Decimal | null => {
    const left = event.currentTarget.getBoundingClientRect().left
    const price = painter?.priceAt(event.clientX - left) ?? null
    return price === null ? null : priceNear(price, step)
  }

  const pick = (price: Decimal) => {
    pickPrice(ticker, price)
    announce(`Price ${formatStep(price, step)} taken into the order`)
  }

  /** From level to level, in the order of prices. */
  const walk = (direction: -1 | 1) => {
    const prices = [...book.bids.toReversed(), ...book.asks].map((level) => level.price)
    const now = pointed ?? middle
    const next = direction > 0 ? prices.find((price) => price > now) : prices.findLast((price) => price < now)
    if (next === undefined) return
    setPointed(next)
    const side = sideOf(next, middle)
    const reach = reachTo(side === 'buy' ? book.bids : book.asks, side, next)
    announce(readoutWords({ side, price: next, reach, middle, step }))
  }

  const press = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => walk(-1),
      ArrowRight: () => walk(1),
      Enter: () => pointed !== null && pick(pointed),
      '+': () => onZoom(-1),
      '-': () => onZoom(1),
    }
    const run = keys[event.key]
    if (!run) return
    event.preventDefault()
    run()
  }

  return (
    <div className="relative min-h-0 flex-1">
      <div
        role="application"
        aria-label="Depth; the arrow keys go from level to level, Enter takes the price into the order"
        aria-describedby={summary}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go from level to level
        tabIndex={0}
        onPointerMove={(event) => setPointed(priceUnder(event))}
        onPointerLeave={() => setPointed(null)}
        onBlur={() => setPointed(null)}
        onClick={(event) => {
          const price = priceUnder(event)
          if (price !== null) pick(price)
        }}
        onKeyDown={press}
        className="absolute inset-0 cursor-crosshair touch-pan-y focus-visible:-outline-offset-2"
      >
        <canvas ref={canvas} className="h-full w-full" />
      </div>
      {readouts.length > 0 && (
        <div className="pointer-events-none absolute inset-x-1 top-2 flex justify-center gap-1.5">
          {readouts.map((readout) => (
            <Readout key={readout.side} {...readout} />
          ))}
        </div>
      )}
      <OneSided book={book} />
      <Summary id={summary} book={book} middle={middle} step={step} />
    </div>
  )
}
