import { ChartArea } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { Empty, Skeleton } from '@/components/states'
import { Veil } from '@/components/veil'
import { useBook } from '@/hooks/use-channels'
import { useInstrument } from '@/hooks/use-instruments'
import { balanceOf, curveOf, figuresOf, PARTS, widthOf, zoomFor } from '@/pages/trade/depth/depth'
import { Header } from '@/pages/trade/depth/header'
import { Plot } from '@/pages/trade/depth/plot'
import type { PanelProps } from '@/pages/trade/panels'
import type { Book } from '@/stream/book'
import { type Decimal, decimalOf } from '@/wire/decimal'

const CENT = decimalOf('0.01')

/** How far from the middle is shown: as somebody chose, or as the book wants it, calmly. */
function useZoom(book: Book | null, middle: Decimal | null) {
  const [chosen, setChosen] = useState<number | null>(null)
  const before = useRef<number | null>(null)
  const zoom = useMemo(() => {
    if (chosen !== null || !book || middle === null) return chosen ?? before.current ?? 0
    return zoomFor(widthOf(book, middle), before.current)
  }, [chosen, book, middle])
  before.current = zoom
  const zoomBy = (steps: number) =>
    setChosen(Math.min(PARTS.length - 1, Math.max(0, before.current === null ? 0 : before.current + steps)))
  return { part: PARTS[zoom] ?? 1, automatic: chosen === null, zoomBy, follow: () => setChosen(null) }
}

/** How much rests on both sides of a book, from the middle outwards. */
export default function DepthPanel({ ticker }: PanelProps) {
  const { standing, book } = useBook(ticker)
  const step = useInstrument(ticker)?.price_step ?? CENT
  const figures = useMemo(() => (book ? figuresOf(book) : null), [book])
  const middle = figures?.middle ?? null
  const { part, automatic, zoomBy, follow } = useZoom(book, middle)
  const balance = useMemo(
    () => (book && middle !== null ? balanceOf(book, middle, part) : null),
    [book, middle, part],
  )
  const curves = useMemo(() => (book ? { bids: curveOf(book.bids), asks: curveOf(book.asks) } : null), [book])
  if (!book || !figures || !curves) return <Waiting />
  return (
    <section aria-label={`Depth of ${ticker}`} className="@container flex h-full min-w-0 flex-col bg-panel">
      <Veil standing={standing}>
        {middle === null ? (
          <Empty icon={ChartArea} title="The book is empty">
            Orders that rest in it are shown here.
          </Empty>
        ) : (
          <div className="flex h-full flex-col">
            <Header
              figures={figures}
              balance={balance}
              step={step}
              part={part}
              automatic={automatic}
              onZoom={zoomBy}
              onAutomatic={follow}
            />
            <Plot
              ticker={ticker}
              book={book}
              curves={curves}
              middle={middle}
              part={part}
              step={step}
              onZoom={zoomBy}
            />
          </div>
        )}
      </Veil>
    </section>
  )
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading the book" className="flex h-full flex-col gap-3 p-3">
      <Skeleton className="h-4 w-2/3" />
      <div className="flex min-h-0 flex-1 items-end gap-8">
        <Skeleton className="h-2/3 flex-1" />
        <Skeleton className="h-1/2 flex-1" />
      </div>
    </div>
  )
}
