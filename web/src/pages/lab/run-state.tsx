import { Badge } from '@/components/badge'
import { useLab } from '@/lab/store'
import { useIsEnding, useSimulation } from '@/pages/lab/use-lab'

const LOOK = {
  idle: { words: 'Idle', tone: 'plain' },
  running: { words: 'Running', tone: 'up' },
  paused: { words: 'Paused', tone: 'warn' },
  ended: { words: 'Ended', tone: 'plain' },
  failed: { words: 'Failed', tone: 'down' },
} as const

/** What runs, and whether it does. */
export function RunState() {
  const simulation = useSimulation()
  const link = useLab((state) => state.link)
  const ending = useIsEnding()
  return (
    <div className="ml-auto flex min-w-0 items-center gap-2 py-2">
      {simulation?.name && simulation.state !== 'idle' && (
        <>
          <bdi className="truncate font-medium" title={simulation.run ?? undefined}>
            {simulation.name}
          </bdi>
          <span className="truncate text-2xs text-faint max-lg:hidden">
            <bdi>{simulation.run}</bdi>
          </span>
        </>
      )}
      {link === 'lost' ? (
        <Badge tone="warn">Reconnecting</Badge>
      ) : ending ? (
        <Badge tone="warn">Ending</Badge>
      ) : simulation ? (
        <Badge tone={LOOK[simulation.state].tone}>{LOOK[simulation.state].words}</Badge>
      ) : null}
    </div>
  )
}
