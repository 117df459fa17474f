import { clsx } from 'clsx'
import { BookOpen } from 'lucide-react'
import { Empty, SkeletonRows } from '@/components/states'
import { Veil } from '@/components/veil'
import { useBook, useChannel, useGlance } from '@/hooks/use-channels'
import { useInstrument } from '@/hooks/use-instruments'
import { GRID } from '@/pages/trade/book/level-row'
import { Levels } from '@/pages/trade/book/levels'
import { chooseGroup, useBookSettings } from '@/pages/trade/book/settings'
import { Toolbar } from '@/pages/trade/book/toolbar'
import type { PanelProps } from '@/pages/trade/panels'
import { chosenGroup } from '@/trading/grouping'

/** The order book: what rests at each price, asks above and bids below. */
export default function Book({ ticker }: PanelProps) {
  const { book, standing } = useBook(ticker)
  // The last price with its direction comes from the tape.
  useChannel(`trades:${ticker}`)
  const listed = useInstrument(ticker)
  const glance = useGlance(ticker)
  const text = useBookSettings((state) => state.groups[ticker])
  if (!book || !listed) return <SkeletonRows rows={14} />
  const step = listed.price_step
  const size = chosenGroup(text, step)
  const near = book.bids[0]?.price ?? book.asks[0]?.price ?? glance?.current_price ?? null
  return (
    <Veil standing={standing}>
      <section aria-label={`Order book of ${ticker}`} className="flex h-full flex-col">
        <Toolbar step={step} near={near} size={size} onGroup={(chosen) => chooseGroup(ticker, chosen)} />
        <div aria-hidden className={clsx(GRID, 'eyebrow h-6 shrink-0 text-right')}>
          <span className="text-left">Price</span>
          <span className="px-0.5">Size</span>
          <span>Total</span>
        </div>
        {book.bids.length + book.asks.length === 0 ? (
          <Empty icon={BookOpen} title="The book is empty">
            The first order that rests will stand here.
          </Empty>
        ) : (
          <Levels ticker={ticker} book={book} step={step} size={size} />
        )}
      </section>
    </Veil>
  )
}
