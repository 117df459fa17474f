import { clsx } from 'clsx'
import { TrendingUp } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { toneOf } from '@/components/change'
import { Empty } from '@/components/states'
import { Veil } from '@/components/veil'
import { formatSigned } from '@/format/numbers'
import { simWhen } from '@/lab/clock'
import type { AgentStats } from '@/lab/messages'
import { useLab } from '@/lab/store'
import { openDrawer } from '@/pages/lab/agents/drawer-store'
import { Swatch } from '@/pages/lab/agents/swatch'
import { CockpitPanel } from '@/pages/lab/cockpit-panel'
import { colourOf } from '@/pages/lab/colour-of'
import { ProfitChart, type ProfitLine } from '@/pages/lab/live/profit-chart'
import { usePointedAgent } from '@/pages/lab/pointed'
import { useMarket, useStanding } from '@/pages/lab/use-lab'
import { decimalOf } from '@/wire/decimal'

/** More lines than these nobody tells apart: those that earned or lost most. */
export const LINES_MAX = 24
const NO_STATS: readonly AgentStats[] = []

/** The agents whose lines are drawn, in the order of the list. */
function useLines(): readonly ProfitLine[] {
  const ids = useLab((state) => (state.stats ?? NO_STATS).map((agent) => agent.agent_id).join('\n'))
  return useMemo(() => {
    const all = ids === '' ? [] : ids.split('\n')
    const lines = all.map((id, place) => {
      const { name, dashed } = colourOf(place)
      return { id, colour: name, dashed }
    })
    if (lines.length <= LINES_MAX) return lines
    const size = new Map(
      (useLab.getState().stats ?? NO_STATS).map(({ agent_id, pnl }) => [agent_id, pnl < 0n ? -pnl : pnl]),
    )
    const largest = new Set(
      all.toSorted((a, b) => ((size.get(a) ?? 0n) > (size.get(b) ?? 0n) ? -1 : 1)).slice(0, LINES_MAX),
    )
    return lines.filter(({ id }) => largest.has(id))
  }, [ids])
}

/** What each group of agents earned, line by line. */
export function ProfitPanel({ area, bare }: { area?: string; bare?: boolean }) {
  const place = useRef<HTMLDivElement>(null)
  const standing = useStanding()
  const lines = useLines()
  const profit = useLab((state) => state.profit)
  const pointed = usePointedAgent((state) => state.id)
  const [chart, setChart] = useState<ProfitChart | null>(null)
  const [time, setTime] = useState<number | null>(null)

  useEffect(() => {
    if (!place.current) return
    const made = new ProfitChart(place.current, setTime)
    setChart(made)
    return () => made.remove()
  }, [])
  useEffect(() => chart?.show(lines, profit), [chart, lines, profit])
  useEffect(() => chart?.raise(pointed), [chart, pointed])

  return (
    <CockpitPanel
      title="Profit and loss"
      className="@container"
      {...(area ? { area } : {})}
      {...(bare ? { bare } : {})}
      aside={
        <span className="truncate text-2xs text-faint">
          {time === null ? 'by group' : simWhen(time * 1_000)}
        </span>
      }
    >
      <Veil standing={standing}>
        <div className={clsx('relative flex h-full min-h-0', bare && 'flex-col')}>
          <figure
            ref={place}
            aria-label="What each group of agents earned over simulated time; the table of agents has the figures"
            className="isolate min-h-0 min-w-0 flex-1"
          />
          <ProfitLegend lines={lines} time={time} below={bare === true} />
          {lines.length === 0 && (
            <div className="absolute inset-0 bg-panel">
              <Empty icon={TrendingUp} title="No agents yet">
                What they earn is drawn here.
              </Empty>
            </div>
          )}
        </div>
      </Veil>
    </CockpitPanel>
  )
}

/** Who is who, and what each earned: now, or where the crosshair is. */
function ProfitLegend({
  lines,
  time,
  below,
}: {
  lines: readonly ProfitLine[]
  time: number | null
  below: boolean
}) {
  const stats = useLab((state) => state.stats ?? NO_STATS)
  const samples = useLab((state) => state.profit.samples)
  const market = useMarket()
  const values = useMemo(() => {
    if (time === null) return new Map(stats.map((agent) => [agent.agent_id, agent.pnl]))
    const sample = samples.find((one) => one.time >= time)
    return new Map([...(sample?.values ?? [])].map(([id, value]) => [id, decimalOf(value.toFixed(6))]))
  }, [stats, samples, time])
  return (
    <ul
      aria-label={`Profit by group${market?.currency ? `, in ${market.currency}` : ''}`}
      className={clsx(
        'shrink-0 overflow-y-auto border-line py-1',
        below ? 'grid max-h-40 grid-cols-2 border-t' : 'w-52 border-l @max-[30rem]:hidden',
      )}
    >
      {lines.map((line) => {
        const value = values.get(line.id) ?? null
        return (
          <li
            key={line.id}
            onMouseEnter={() => usePointedAgent.setState({ id: line.id })}
            onMouseLeave={() => usePointedAgent.setState({ id: null })}
          >
            <button
              type="button"
              onClick={() => openDrawer({ kind: 'agent', id: line.id })}
              title={`${line.id}: its parameters`}
              className="flex h-5 w-full items-center gap-1.5 px-2 text-left text-xs hover:bg-hover focus-visible:-outline-offset-2"
            >
              <Swatch colour={line.colour} dashed={line.dashed} />
              <bdi className="min-w-0 flex-1 truncate text-muted">{line.id}</bdi>
              <span className={clsx('tabular', value === null ? 'text-faint' : toneOf(value))}>
                {value === null ? '–' : formatSigned(value)}
              </span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
