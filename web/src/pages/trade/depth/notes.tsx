import { formatExact, formatStep } from '@/format/numbers'
import type { Book, BookLevel } from '@/stream/book'
import type { Decimal } from '@/wire/decimal'

/** Says which side of the book is empty. */
export function OneSided({ book }: { book: Book }) {
  if (book.bids.length > 0 && book.asks.length > 0) return null
  const asks = book.asks.length === 0
  return (
    <p
      className={`pointer-events-none absolute top-1/2 w-1/2 px-4 text-center text-muted text-xs ${asks ? 'right-0' : 'left-0'}`}
    >
      {asks ? 'Nobody sells' : 'Nobody buys'}
    </p>
  )
}

interface SummaryProps {
  readonly id: string
  readonly book: Book
  readonly middle: Decimal
  readonly step: Decimal
}

/** The best prices for screen readers. It is read when asked for, so it may change as fast as the book. */
export function Summary({ id, book, middle, step }: SummaryProps) {
  const [bid, ask] = [book.bids[0], book.asks[0]]
  const best = (name: string, level: BookLevel | undefined) =>
    level ? `${name} ${formatExact(level.quantity)} at ${formatStep(level.price, step)}` : `no ${name}`
  return (
    <p id={id} className="sr-only">
      {`${best('bid', bid)}, ${best('ask', ask)}, middle ${formatExact(middle)}.`}
    </p>
  )
}
