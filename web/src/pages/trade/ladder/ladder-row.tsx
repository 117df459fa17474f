import { clsx } from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { memo } from 'react'
import { formatExact, formatStep, shortQuantity } from '@/format/numbers'
import { OwnChip } from '@/pages/trade/ladder/own-chip'
import type { Decimal } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

export const ROW_HEIGHT = 22

/** Own bids, bids, price, asks, own asks, volume; where it is narrow, without the volume. */
export const COLUMNS =
  'grid grid-cols-[minmax(3.25rem,1.5fr)_minmax(2.4rem,0.9fr)_minmax(5.4rem,0.9fr)_minmax(2.4rem,0.9fr)_minmax(3.25rem,1.5fr)] ' +
  '@min-[18.5rem]:grid-cols-[minmax(3.25rem,1.5fr)_minmax(2.4rem,0.9fr)_minmax(5.4rem,0.9fr)_minmax(2.4rem,0.9fr)_minmax(3.25rem,1.5fr)_minmax(1.9rem,0.5fr)]'

export interface RowData {
  readonly id: string
  readonly row: bigint
  readonly price: Decimal
  readonly step: Decimal
  readonly bid: Decimal | null
  readonly ask: Decimal | null
  /** From 0 to 100. */
  readonly bidBar: number
  readonly askBar: number
  readonly best: Side | null
  readonly ownBid: Decimal | null
  readonly ownBidAhead: string
  readonly ownBidWords: string
  readonly ownAsk: Decimal | null
  readonly ownAskAhead: string
  readonly ownAskWords: string
  readonly leaving: Side | 'both' | null
  /** On its way to this row, or carried over it. */
  readonly comingBid: Decimal | null
  readonly comingAsk: Decimal | null
  readonly volume: Decimal | null
  readonly boughtBar: number
  readonly soldBar: number
  /** Of the last trade, where it was here. */
  readonly lastId: bigint | null
  readonly lastSide: Side | 'auction' | null
  readonly lastSize: Decimal | null
  readonly cursor: boolean
  /** Whether what is held was bought at this price on average. */
  readonly entry: boolean
  readonly armed: boolean
}

function Bar({ side, bar }: { side: Side; bar: number }) {
  if (bar === 0) return null
  return (
    <span
      aria-hidden
      style={{ transform: `scaleX(${bar / 100})` }}
      className={clsx(
        'absolute inset-x-0 inset-y-px',
        side === 'buy' ? 'origin-right bg-up-soft' : 'origin-left bg-down-soft',
      )}
    />
  )
}

function Size({ side, size, bar, armed }: { side: Side; size: Decimal | null; bar: number; armed: boolean }) {
  const bid = side === 'buy'
  return (
    <span
      role="gridcell"
      data-cell={side}
      className={clsx(
        'relative flex cursor-pointer items-center px-1.5',
        bid ? 'justify-end' : 'justify-start',
        armed && 'hover:ring-1 hover:ring-inset',
        bid ? 'hover:bg-up-soft hover:ring-up' : 'hover:bg-down-soft hover:ring-down',
      )}
    >
      <Bar side={side} bar={bar} />
      {size !== null && <span className="relative truncate">{shortQuantity(size)}</span>}
    </span>
  )
}

function Last({ side, size }: { side: Side | 'auction'; size: Decimal }) {
  const sold = side === 'sell'
  const Icon = sold ? ArrowDown : ArrowUp
  return (
    <span
      className={clsx(
        'flex min-w-0 items-center gap-px font-semibold text-2xs',
        sold ? 'text-down' : 'text-up',
      )}
    >
      <span className="sr-only">Last trade</span>
      <Icon size={10} strokeWidth={3} aria-hidden className="shrink-0" />
      <span className="truncate">{shortQuantity(size)}</span>
    </span>
  )
}

/** A price of the ladder. It is painted again only when something of its own has changed. */
export const LadderRow = memo(function LadderRow(data: RowData) {
  const { row, price, step, best, armed, cursor, lastId, lastSide, lastSize, volume } = data
  return (
    <div
      role="row"
      id={data.id}
      data-row={String(row)}
      aria-selected={cursor}
      style={{ height: ROW_HEIGHT }}
      className={clsx(
        COLUMNS,
        'tabular relative border-line/60 border-b text-xs hover:bg-hover',
        // Above what stands in the cells.
        cursor &&
          'after:pointer-events-none after:absolute after:inset-0 after:rounded-sm after:border after:border-accent',
      )}
    >
      <OwnChip
        side="buy"
        quantity={data.ownBid}
        ahead={data.ownBidAhead}
        words={data.ownBidWords}
        leaving={data.leaving === 'buy' || data.leaving === 'both'}
        coming={data.comingBid}
        armed={armed}
      />
      <Size side="buy" size={data.bid} bar={data.bidBar} armed={armed} />
      <span
        role="rowheader"
        data-cell="price"
        // Another trade flashes again.
        key={lastId === null ? 'price' : `last ${lastId}`}
        className={clsx(
          'relative flex cursor-pointer items-center justify-between gap-1 border-line border-x pr-1 pl-2 bg-well hover:bg-hover',
          lastSide === 'sell' && 'animate-flash-down',
          lastSide !== null && lastSide !== 'sell' && 'animate-flash-up',
        )}
      >
        {data.entry && (
          <span
            title="Average price of what is held"
            className="absolute inset-y-0.5 left-0 w-0.5 rounded-full bg-accent"
          >
            <span className="sr-only">Average price of what is held</span>
          </span>
        )}
        <span
          className={clsx(
            best === 'buy' && 'font-semibold text-up',
            best === 'sell' && 'font-semibold text-down',
            best === null && (lastId === null ? 'text-muted' : 'font-semibold text-text'),
          )}
        >
          {formatStep(price, step)}
        </span>
        {lastSide !== null && lastSize !== null && <Last side={lastSide} size={lastSize} />}
      </span>
      <Size side="sell" size={data.ask} bar={data.askBar} armed={armed} />
      <OwnChip
        side="sell"
        quantity={data.ownAsk}
        ahead={data.ownAskAhead}
        words={data.ownAskWords}
        leaving={data.leaving === 'sell' || data.leaving === 'both'}
        coming={data.comingAsk}
        armed={armed}
      />
      <span
        role="gridcell"
        className="relative hidden items-center justify-end border-line border-l px-1 text-2xs text-muted @min-[18.5rem]:flex"
        title={volume === null ? undefined : `${formatExact(volume)} traded here`}
      >
        <span aria-hidden className="absolute inset-x-0 inset-y-[3px] flex">
          <span className="bg-up/25" style={{ width: `${data.boughtBar}%` }} />
          <span className="bg-down/25" style={{ width: `${data.soldBar}%` }} />
        </span>
        {volume !== null && <span className="relative truncate">{shortQuantity(volume)}</span>}
      </span>
    </div>
  )
})
