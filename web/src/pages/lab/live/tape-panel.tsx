import { ArrowLeftRight, EyeOff } from 'lucide-react'
import { useCallback, useEffect } from 'react'
import { IconButton } from '@/components/button'
import { Empty } from '@/components/states'
import { Veil } from '@/components/veil'
import { getTrades } from '@/lab/api'
import { simClock, simWhen } from '@/lab/clock'
import type { LabMarket, LabTrade } from '@/lab/messages'
import { lab, useCalmLab, useLab, useLabChannel } from '@/lab/store'
import { CockpitPanel } from '@/pages/lab/cockpit-panel'
import { useLabSettings } from '@/pages/lab/settings'
import { sizeWords } from '@/pages/lab/size-words'
import { useStanding } from '@/pages/lab/use-lab'
import { TradeList } from '@/trading/tape/trade-list'
import type { Decimal } from '@/wire/decimal'

const NO_TRADES: readonly LabTrade[] = []
const TAPE_EVERY_MS = 100
const CLOCK = { short: simClock, full: simWhen }

/** Have the trades from before this page looked, and those of a hole. */
function usePast(symbol: string): void {
  const run = useLab((state) => state.simulation?.run ?? null)
  const missed = useLab((state) => state.counts.missed)
  const connections = useLab((state) => state.counts.connections)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these may leave a hole
  useEffect(() => {
    if (run === null || connections === 0) return
    const abort = new AbortController()
    getTrades(symbol, abort.signal).then(
      (trades) => lab.remember(symbol, trades),
      // The tape goes on without them.
      () => undefined,
    )
    return () => abort.abort()
  }, [symbol, run, missed, connections])
}

/** The tape: what was traded, newest first. Nothing of it is asked for while it is not shown. */
export function TapePanel({ market, area, bare }: { market: LabMarket; area?: string; bare?: boolean }) {
  useLabChannel('trade')
  usePast(market.symbol)
  const standing = useStanding()
  const trades = useCalmLab((state) => state.tapes.get(market.symbol) ?? NO_TRADES, TAPE_EVERY_MS)
  const words = useCallback((size: Decimal) => sizeWords(size, market.lot_size), [market.lot_size])
  return (
    <CockpitPanel
      title="Trades"
      {...(area ? { area } : {})}
      {...(bare ? { bare } : {})}
      tools={
        !bare && (
          <IconButton
            size="sm"
            label="Hide the trades"
            onClick={() => useLabSettings.setState({ tape: false })}
          >
            <EyeOff size={13} />
          </IconButton>
        )
      }
    >
      <Veil standing={standing}>
        {trades.length > 0 ? (
          <div className="flex h-full flex-col">
            <TradeList
              label={`Trades of ${market.symbol}, newest first`}
              trades={trades}
              step={market.price_step}
              clock={CLOCK}
              sizeWords={words}
            />
          </div>
        ) : (
          <Empty icon={ArrowLeftRight} title="Nothing was traded yet">
            Trades stand here as they happen.
          </Empty>
        )}
      </Veil>
    </CockpitPanel>
  )
}
