import { clsx } from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { formatStep } from '@/format/numbers'
import { useCalm } from '@/hooks/use-calm'
import { spreadPart } from '@/trading/glance'
import { type Decimal, subtract } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'

export const MIDDLE_HEIGHT = 34

/** The spread as a part of the middle between the best prices, in hundredths of a per cent. */
function spreadPoints(bid: Decimal, ask: Decimal): string {
  const part = spreadPart(bid, ask)
  if (part === null) return '–'
  const points = part * 10_000
  return `${points.toFixed(points < 10 ? 1 : 0)} bp`
}

/** Nobody reads a price that changes more often. */
const LAST_EVERY_MS = 100

interface Props {
  ticker: Ticker
  step: Decimal
  bid: Decimal | null
  ask: Decimal | null
}

/** Between the sides: the last price with its direction, and how far the sides are apart. */
export function MiddleRow({ ticker, step, bid, ask }: Props) {
  const newest = useCalm((state) => state.tapes.get(ticker)?.[0], LAST_EVERY_MS)
  const glance = useCalm((state) => state.prices.get(ticker)?.current_price, LAST_EVERY_MS)
  const before = useCalm((state) => {
    const tape = state.tapes.get(ticker)
    return tape?.find((trade) => trade.price !== tape[0]?.price)?.price
  }, LAST_EVERY_MS)
  const last = newest?.price ?? glance
  const up = newest && before !== undefined ? newest.price > before : null
  return (
    <div
      style={{ height: MIDDLE_HEIGHT }}
      className="flex shrink-0 items-center justify-between gap-3 border-line border-y bg-well px-2.5"
    >
      <span
        className={clsx(
          'tabular flex items-center gap-1 font-semibold text-base',
          up === null ? 'text-text' : up ? 'text-up' : 'text-down',
        )}
      >
        <span className="sr-only">Last price </span>
        {last === undefined ? '–' : formatStep(last, step)}
        {up === true && <ArrowUp size={15} aria-label="up" />}
        {up === false && <ArrowDown size={15} aria-label="down" />}
      </span>
      <span className="tabular truncate text-muted text-xs">
        {bid === null || ask === null ? (
          'One side is empty'
        ) : (
          <>
            <span className="text-faint">Spread </span>
            {formatStep(subtract(ask, bid), step)}
            <span className="text-faint"> · {spreadPoints(bid, ask)}</span>
          </>
        )}
      </span>
    </div>
  )
}
