import { clsx } from 'clsx'
import { ArrowDown, ArrowUp, BookOpen } from 'lucide-react'
import { memo, useMemo, useRef } from 'react'
import { Empty, SkeletonRows } from '@/components/states'
import { Veil } from '@/components/veil'
import { barOf } from '@/format/bars'
import { formatExact, formatStep } from '@/format/numbers'
import { useSize } from '@/hooks/use-size'
import type { LabMarket, Orderbook } from '@/lab/messages'
import { useCalmLab, useLabChannel } from '@/lab/store'
import { CockpitPanel } from '@/pages/lab/cockpit-panel'
import { sizeWords } from '@/pages/lab/size-words'
import { useStanding } from '@/pages/lab/use-lab'
import { spreadPart } from '@/trading/glance'
import { type BookRow, bookRows, sumOf } from '@/trading/grouping'
import { IMBALANCE_HEIGHT, Imbalance } from '@/trading/imbalance'
import { add, type Decimal, larger, subtract, toNumber, ZERO } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

const ROW_HEIGHT = 18
const MIDDLE_HEIGHT = 32
const LEVELS_MAX = 20
const PRICE_EVERY_MS = 100
/** Nobody reads levels that change more often. */
const BOOK_EVERY_MS = 80
const GRID = 'grid grid-cols-[1fr_1fr_1fr] items-center gap-2 px-2.5'

interface RowProps {
  side: Side
  price: Decimal
  quantity: Decimal
  total: Decimal
  step: Decimal
  lot: Decimal
  /** From 0 to 100. */
  bar: number
}

const Row = memo(function Row({ side, price, quantity, total, step, lot, bar }: RowProps) {
  const bid = side === 'buy'
  return (
    <div
      role="listitem"
      style={{ height: ROW_HEIGHT }}
      className={clsx(GRID, 'tabular relative shrink-0 text-right text-xs hover:bg-hover')}
    >
      <span
        aria-hidden
        className={clsx(
          'absolute inset-y-px right-0 left-0 origin-right',
          bid ? 'bg-up-soft' : 'bg-down-soft',
        )}
        style={{ transform: `scaleX(${bar / 100})` }}
      />
      <span className={clsx('relative text-left', bid ? 'text-up' : 'text-down')}>
        {formatStep(price, step)}
      </span>
      <span className="relative" title={formatExact(quantity)}>
        {sizeWords(quantity, lot)}
      </span>
      <span className="relative text-muted">{sizeWords(total, lot)}</span>
    </div>
  )
})

/** A part in hundredths of a per cent, to two digits. */
function basisPoints(part: number): string {
  const points = part * 10_000
  return points >= 10 ? String(Math.round(points)) : String(Number(points.toPrecision(2)))
}

/** Between the sides: the last price with its direction, and how far the sides are apart. */
function Middle({ market, book }: { market: LabMarket; book: Orderbook }) {
  const last = useCalmLab((state) => state.markets.get(market.symbol)?.last_price ?? null, PRICE_EVERY_MS)
  const seen = useRef<{ value: Decimal | null; up: boolean | null }>({ value: last, up: null })
  if (last !== null && last !== seen.current.value) {
    const before = seen.current.value
    seen.current = { value: last, up: before === null ? null : last > before }
  }
  const { up } = seen.current
  const [bid, ask] = [book.bids[0]?.price ?? null, book.asks[0]?.price ?? null]
  const part = bid === null || ask === null ? null : spreadPart(bid, ask)
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
        {last === null ? '–' : formatStep(last, market.price_step)}
        {up === true && <ArrowUp size={14} aria-label="up" />}
        {up === false && <ArrowDown size={14} aria-label="down" />}
      </span>
      <span className="tabular truncate text-muted text-xs">
        {bid === null || ask === null ? (
          'One side is empty'
        ) : (
          <>
            <span className="text-faint">Spread </span>
            {formatStep(subtract(ask, bid), market.price_step)}
            {part !== null && <span className="text-faint"> · {basisPoints(part)} bp</span>}
          </>
        )}
      </span>
    </div>
  )
}

function Sides({ market, book }: { market: LabMarket; book: Orderbook }) {
  const [measure, { height }] = useSize<HTMLDivElement>()
  const room = Math.max(0, Math.floor((height - MIDDLE_HEIGHT - IMBALANCE_HEIGHT) / ROW_HEIGHT))
  const each = Math.min(LEVELS_MAX, Math.floor(room / 2))
  const step = market.price_step
  const bids = useMemo(() => bookRows(book.bids, 'buy', step, each), [book.bids, step, each])
  const asks = useMemo(() => bookRows(book.asks, 'sell', step, each), [book.asks, step, each])
  const share = useMemo(() => {
    const bid = sumOf(book.bids)
    const all = add(bid, sumOf(book.asks))
    return all === 0n ? null : Math.round((toNumber(bid) / toNumber(all)) * 100)
  }, [book])
  const most = [...bids, ...asks].reduce((so, row) => larger(so, row.total), ZERO)
  const rows = (side: Side, shown: readonly BookRow[]) =>
    shown.map((row) => (
      <Row
        key={row.place}
        side={side}
        price={row.price}
        quantity={row.quantity}
        total={row.total}
        step={step}
        lot={market.lot_size}
        bar={barOf(row.total, most)}
      />
    ))
  return (
    <div ref={measure} className="flex min-h-0 flex-1 flex-col">
      <div
        role="list"
        aria-label="Asks, the best last: price, size, total"
        className="flex min-h-0 flex-1 flex-col justify-end overflow-hidden"
      >
        {rows('sell', asks.toReversed())}
      </div>
      <Middle market={market} book={book} />
      <div
        role="list"
        aria-label="Bids, the best first: price, size, total"
        className="flex min-h-0 flex-1 flex-col overflow-hidden"
      >
        {rows('buy', bids)}
      </div>
      <Imbalance bids={share} />
    </div>
  )
}

/** The order book: the best levels, asks above and bids below, with what stands to each as a bar. */
export function BookPanel({ market, area, bare }: { market: LabMarket; area?: string; bare?: boolean }) {
  useLabChannel('orderbook')
  useLabChannel('market_data')
  const standing = useStanding()
  const book = useCalmLab((state) => state.books.get(market.symbol) ?? null, BOOK_EVERY_MS)
  return (
    <CockpitPanel
      title="Order book"
      {...(area ? { area } : {})}
      {...(bare ? { bare } : {})}
      aside={<span className="truncate text-2xs text-faint">{market.symbol}</span>}
    >
      <Veil standing={standing}>
        {!book ? (
          <SkeletonRows rows={12} />
        ) : book.bids.length + book.asks.length === 0 ? (
          <Empty icon={BookOpen} title="The book is empty">
            The first order that rests will stand here.
          </Empty>
        ) : (
          <div role="group" aria-label={`Order book of ${market.symbol}`} className="flex h-full flex-col">
            <div aria-hidden className={clsx(GRID, 'eyebrow h-6 shrink-0 text-right')}>
              <span className="text-left">Price</span>
              <span>Size</span>
              <span>Total</span>
            </div>
            <Sides market={market} book={book} />
          </div>
        )}
      </Veil>
    </CockpitPanel>
  )
}
