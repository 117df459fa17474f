import { CloudOff, Play } from 'lucide-react'
import { Link } from 'wouter'
import { Empty, SkeletonRows } from '@/components/states'
import { useShortcuts } from '@/keyboard/shortcuts'
import { faster, slower, speedWords } from '@/lab/speeds'
import { setSpeed } from '@/lab/steer'
import { useLab } from '@/lab/store'
import { steered } from '@/pages/lab/act'
import { AgentDrawer } from '@/pages/lab/agents/agent-drawer'
import { openDrawer } from '@/pages/lab/agents/drawer-store'
import { useHome } from '@/pages/lab/home'
import { Bar } from '@/pages/lab/live/bar'
import { Cockpit } from '@/pages/lab/live/cockpit'
import { Notices } from '@/pages/lab/live/notices'
import { stepOn, toggle } from '@/pages/lab/live/transport'
import { useMarket, useMaySteer, usePast, useSimulation } from '@/pages/lab/use-lab'

/** Keys that are a button's own while the keyboard is on it. */
const PRESSED = 'button, a, input'

function useKeys(): void {
  const may = useMaySteer()
  const running = useLab((state) => state.simulation?.state === 'running')
  const speed = useLab((state) => state.simulation?.speed ?? 1)
  const go = (wanted: number) => void steered(setSpeed(wanted), `Speed ${speedWords(wanted)}`)
  const up = () => go(faster(speed))
  useShortcuts(
    'Lab',
    may
      ? [
          {
            keys: 'Space',
            label: 'Pause or resume',
            notOn: PRESSED,
            run: (event) => {
              if (!event.repeat) void toggle(running)
            },
          },
          { keys: '.', label: 'Go on by a step', run: () => void stepOn(running) },
          { keys: '+', label: 'Faster', run: up },
          { keys: 'Shift++', label: 'Faster', run: up },
          { keys: '=', label: 'Faster', run: up },
          { keys: '-', label: 'Slower', run: () => go(slower(speed)) },
          { keys: 'a', label: 'Add agents', run: () => openDrawer({ kind: 'add' }) },
        ]
      : [],
  )
}

/** The simulation that runs: watched, and steered by who may. */
export function Live() {
  const simulation = useSimulation()
  const link = useLab((state) => state.link)
  const market = useMarket()
  useKeys()
  usePast()
  if (!simulation) {
    return link === 'lost' ? (
      <Empty icon={CloudOff} title="The simulation cannot be reached">
        It is tried again every few seconds.
      </Empty>
    ) : (
      <SkeletonRows rows={10} />
    )
  }
  if (simulation.state === 'idle') return <Idle />
  return (
    <div className="relative flex h-full flex-col">
      <Bar />
      <Notices />
      <div className="@container relative min-h-0 flex-1">
        <div className="flex h-full">
          <div className="min-w-0 flex-1">
            {market ? <Cockpit market={market} /> : <SkeletonRows rows={10} />}
          </div>
          <AgentDrawer />
        </div>
      </div>
    </div>
  )
}

function Idle() {
  const { base } = useHome()
  return (
    <Empty icon={Play} title="No simulation is running">
      <p>
        Begin with a preset or a run file of your own. It runs in real time, or any multiple of it, and is
        kept as a run.
      </p>
      <div className="mt-3 flex items-center justify-center gap-2">
        <Link
          href={`${base}/start`}
          className="inline-flex h-8 items-center rounded-md bg-accent-fill px-3 font-medium text-on-fill text-sm hover:brightness-110"
        >
          Start a simulation
        </Link>
        <Link
          href={`${base}/runs`}
          className="inline-flex h-8 items-center rounded-md border border-line-strong px-3 font-medium text-sm text-text hover:bg-hover"
        >
          Finished runs
        </Link>
      </div>
    </Empty>
  )
}
