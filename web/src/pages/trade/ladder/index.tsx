import { useEffect, useRef, useState } from 'react'
import { Confirm } from '@/components/dialog'
import { SkeletonRows } from '@/components/states'
import { Veil } from '@/components/veil'
import { useBook, useGlance } from '@/hooks/use-channels'
import { useInstrument } from '@/hooks/use-instruments'
import { usePosition } from '@/hooks/use-position'
import { cancelMarket, flattenMarket, reverseMarket } from '@/pages/trade/ladder/actions'
import { ActionsBar } from '@/pages/trade/ladder/actions-bar'
import { Header } from '@/pages/trade/ladder/header'
import { type GridHandle, LadderGrid } from '@/pages/trade/ladder/ladder-grid'
import { PositionLine } from '@/pages/trade/ladder/position-line'
import { arm, useArm, useLadderSettings } from '@/pages/trade/ladder/settings'
import { SizeBar } from '@/pages/trade/ladder/size-bar'
import { useLadderKeys } from '@/pages/trade/ladder/use-ladder-keys'
import type { PanelProps } from '@/pages/trade/panels'
import { useSession } from '@/session/store'
import { useStream } from '@/stream/store'
import { chosenGroup } from '@/trading/grouping'

type Asked = 'flatten' | 'reverse'

const ASKED = {
  flatten: { title: 'Flatten the position?', action: 'Flatten', run: flattenMarket },
  reverse: { title: 'Reverse the position?', action: 'Reverse', run: reverseMarket },
} as const

/** The price ladder: every price has its row, and a click in it trades, once it is armed. */
export default function Ladder({ ticker }: PanelProps) {
  const { book, standing } = useBook(ticker)
  const listed = useInstrument(ticker)
  const glance = useGlance(ticker)
  const signedIn = useSession((state) => state.me !== null)
  const armed = useArm((state) => state.ticker === ticker) && signedIn
  const text = useLadderSettings((state) => state.groups[ticker])
  const position = usePosition(ticker)
  const grid = useRef<GridHandle>(null)
  const [asked, setAsked] = useState<Asked | null>(null)

  // Another market, or another account, is another risk: it is armed anew.
  useEffect(() => {
    const { ticker: before } = useArm.getState()
    if (before !== null && (before !== ticker || !signedIn)) arm(null)
  }, [ticker, signedIn])

  const out = (way: Asked) => {
    if (!signedIn) return
    if (armed) ASKED[way].run(ticker)
    else setAsked(way)
  }
  const centre = () => grid.current?.centre()
  useLadderKeys({
    centre,
    focus: () => grid.current?.focus(),
    flatten: () => out('flatten'),
    reverse: () => out('reverse'),
    cancelAll: () => {
      const { open } = useStream.getState().own
      if (armed && [...open.values()].some((order) => order.ticker === ticker)) cancelMarket(ticker)
    },
  })

  if (!book || !listed) return <SkeletonRows rows={16} />
  const step = listed.price_step
  const unit = chosenGroup(text, step)
  const near = book.bids[0]?.price ?? book.asks[0]?.price ?? glance?.current_price ?? null
  const question = asked && ASKED[asked]
  return (
    <Veil standing={standing}>
      <section aria-label={`Price ladder of ${ticker}`} className="@container relative flex h-full flex-col">
        <Header
          ticker={ticker}
          armed={armed}
          signedIn={signedIn}
          step={step}
          unit={unit}
          near={near}
          onCentre={centre}
        />
        <PositionLine position={position} step={step} />
        <SizeBar />
        {/* Another grouping numbers the rows anew. */}
        <LadderGrid
          key={String(unit)}
          ticker={ticker}
          book={book}
          step={step}
          unit={unit}
          armed={armed}
          entry={position?.averageCost ?? null}
          handle={grid}
        />
        <ActionsBar
          ticker={ticker}
          signedIn={signedIn}
          onFlatten={() => out('flatten')}
          onReverse={() => out('reverse')}
          onCancelAll={() => cancelMarket(ticker)}
        />
        {armed && (
          <span aria-hidden className="pointer-events-none absolute inset-0 z-20 border-2 border-warn" />
        )}
      </section>
      {question && (
        <Confirm
          open
          onOpenChange={(open) => !open && setAsked(null)}
          title={question.title}
          description={`All orders in ${ticker} are cancelled, and a market order is sent at once.`}
          action={question.action}
          onConfirm={() => question.run(ticker)}
          danger
        />
      )}
    </Veil>
  )
}
