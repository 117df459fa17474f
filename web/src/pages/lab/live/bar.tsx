import { CircleStop, Megaphone, Plus, Zap } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/button'
import { Confirm } from '@/components/dialog'
import { Select } from '@/components/select'
import { end } from '@/lab/steer'
import { useLab } from '@/lab/store'
import { steered } from '@/pages/lab/act'
import { openDrawer } from '@/pages/lab/agents/drawer-store'
import { SimulatedClock } from '@/pages/lab/live/clock'
import { Figures } from '@/pages/lab/live/figures'
import { NewsDialog } from '@/pages/lab/live/news-dialog'
import { ShockDialog } from '@/pages/lab/live/shock-dialog'
import { SpeedControl } from '@/pages/lab/live/speed-control'
import { Transport } from '@/pages/lab/live/transport'
import { Watching } from '@/pages/lab/live/watching'
import {
  useChosenMarket,
  useEnding,
  useMarket,
  useMarkets,
  useMaySteer,
  useSimulation,
} from '@/pages/lab/use-lab'

type Asking = 'news' | 'shock' | 'end' | null

/** What steers the simulation, in one line where there is room. */
export function Bar() {
  const simulation = useSimulation()
  const may = useMaySteer()
  const control = useLab((state) => state.control)
  const lost = useLab((state) => state.link !== 'open')
  const [asking, setAsking] = useState<Asking>(null)
  if (!simulation) return null
  const running = simulation.state === 'running'
  const over = simulation.state === 'ended' || simulation.state === 'failed'
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-line max-sm:gap-x-2 border-b bg-panel px-3 py-1.5">
      <SimulatedClock />
      {!over && (
        <>
          <Transport running={running} disabled={!may} />
          <SpeedControl speed={simulation.speed ?? 1} disabled={!may} />
        </>
      )}
      <div className="min-w-0 flex-1 max-xl:hidden">
        <Figures />
      </div>
      <div className="ml-auto flex items-center gap-1.5">
        <MarketChoice />
        {!control && !lost ? (
          <Watching />
        ) : (
          !over && (
            <>
              <Button
                disabled={!may}
                onClick={() => setAsking('news')}
                title="Break news: the fundamental jumps"
              >
                <Megaphone size={14} aria-hidden />
                <span className="max-[86rem]:sr-only">News</span>
              </Button>
              <Button disabled={!may} onClick={() => setAsking('shock')} title="Send in a large order">
                <Zap size={14} aria-hidden />
                <span className="max-[86rem]:sr-only">Shock</span>
              </Button>
              <Button disabled={!may} onClick={() => openDrawer({ kind: 'add' })} title="Add agents (A)">
                <Plus size={14} aria-hidden />
                <span className="max-sm:sr-only">Agents</span>
              </Button>
              <Button
                tone="danger"
                disabled={!may}
                onClick={() => setAsking('end')}
                title="End the simulation and keep its run"
              >
                <CircleStop size={14} aria-hidden />
                <span className="max-sm:sr-only">End</span>
              </Button>
            </>
          )
        )}
      </div>
      <NewsDialog open={asking === 'news'} onOpenChange={(open) => setAsking(open ? 'news' : null)} />
      <ShockDialog open={asking === 'shock'} onOpenChange={(open) => setAsking(open ? 'shock' : null)} />
      <Confirm
        open={asking === 'end'}
        onOpenChange={(open) => setAsking(open ? 'end' : null)}
        title="End the simulation?"
        description="Its run is written with a report and its hashes. It cannot be gone on with; the same run file and seed make it again."
        action="End it"
        danger
        onConfirm={() => {
          useEnding.setState({ run: simulation.run })
          void steered(end(), 'The simulation ends').then((done) => {
            if (!done) useEnding.setState({ run: null })
          })
        }}
      />
    </div>
  )
}

/** Which market is looked at, where there are several. */
function MarketChoice() {
  const markets = useMarkets()
  const market = useMarket()
  if (markets.length < 2 || !market) return null
  return (
    <Select
      label="Market"
      labelHidden
      value={market.symbol}
      choices={markets.map(({ symbol }) => ({ value: symbol, label: symbol }))}
      onChange={(symbol) => useChosenMarket.setState({ symbol })}
      className="w-32"
    />
  )
}
