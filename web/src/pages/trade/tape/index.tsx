import { ArrowLeftRight, Filter } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Empty, SkeletonRows } from '@/components/states'
import { Veil } from '@/components/veil'
import { useCalmTape } from '@/hooks/use-channels'
import { useInstrument } from '@/hooks/use-instruments'
import type { PanelProps } from '@/pages/trade/panels'
import { LeastSize } from '@/pages/trade/tape/least-size'
import { useSession } from '@/session/store'
import { ofLeast } from '@/trading/tape/sizes'
import { TradeList } from '@/trading/tape/trade-list'
import { parseDecimal } from '@/wire/decimal'

/** The tape: what was traded, newest first. */
export default function Tape({ ticker }: PanelProps) {
  const { trades, standing } = useCalmTape(ticker)
  const listed = useInstrument(ticker)
  const me = useSession((state) => state.me?.user_id)
  const [text, setText] = useState('')
  const least = parseDecimal(text)
  const shown = useMemo(() => ofLeast(trades, least), [trades, least])
  if (!listed || (standing === 'asked' && trades.length === 0)) return <SkeletonRows rows={10} />
  return (
    <Veil standing={standing}>
      <section aria-label={`Trades of ${ticker}`} className="flex h-full flex-col">
        <div className="flex h-9 shrink-0 items-center justify-between gap-2 border-line border-b px-2.5">
          <LeastSize text={text} wrong={text.trim() !== '' && least === null} onChange={setText} />
          {shown !== trades && (
            <span className="tabular truncate text-faint text-xs">
              {shown.length} of {trades.length}
            </span>
          )}
        </div>
        {shown.length > 0 ? (
          // Another filter is another list: it begins at its top.
          <TradeList
            key={String(least)}
            label={`Trades of ${ticker}, newest first`}
            trades={shown}
            step={listed.price_step}
            ownOf={({ buyer_id, seller_id }) =>
              me === undefined ? null : buyer_id === me ? 'bought' : seller_id === me ? 'sold' : null
            }
          />
        ) : trades.length > 0 ? (
          <Empty icon={Filter} title="No trade is as large as that">
            Trades of a smaller size are left out.
          </Empty>
        ) : (
          <Empty icon={ArrowLeftRight} title="Nothing was traded yet">
            Trades stand here as they happen.
          </Empty>
        )}
      </section>
    </Veil>
  )
}
