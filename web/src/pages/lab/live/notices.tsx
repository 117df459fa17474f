import { CircleCheck, ExternalLink, LoaderCircle, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { CopyButton } from '@/components/copy-button'
import { errorWords } from '@/format/words'
import { reportAddress } from '@/lab/api'
import type { Simulation } from '@/lab/messages'
import { useLab } from '@/lab/store'
import { useHome } from '@/pages/lab/home'
import { useIsEnding, useSimulation } from '@/pages/lab/use-lab'

const LINK =
  'inline-flex h-6 shrink-0 items-center gap-1 rounded-md border border-line-strong bg-panel px-2 font-medium text-xs hover:bg-hover'

/** What is left out to save memory, in words. */
const DEGRADED: Readonly<Record<string, string>> = {
  history: 'Memory is short: a tenth of trades and candles is kept.',
  books: 'Memory is short: order books and open candles come once a second.',
  paused: 'Memory is short: the simulation was paused. It goes on when somebody resumes it.',
}

const FAREWELLS: Readonly<Record<string, string>> = {
  slow_reader:
    'This page read too slowly and was cut off. It connects again; hide the trades or choose a longer frame.',
}

function Strip({ warn, children }: { warn?: boolean; children: ReactNode }) {
  return (
    <div
      role="status"
      className={`flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1.5 border-line border-b px-3 py-1.5 text-xs ${warn ? 'bg-warn-soft text-warn' : 'bg-well'}`}
    >
      {children}
    </div>
  )
}

/** What one who watches must know: that it ended, that it is cut off, that memory is short. */
export function Notices() {
  const simulation = useSimulation()
  const link = useLab((state) => state.link)
  const farewell = useLab((state) => state.farewell)
  const ending = useIsEnding()
  if (!simulation) return null
  const over = simulation.state === 'ended' || simulation.state === 'failed'
  return (
    <>
      {link === 'lost' && (
        <Strip warn>
          <TriangleAlert size={14} aria-hidden />
          <span>
            {farewell
              ? (FAREWELLS[farewell.code] ?? errorWords(new Error(farewell.detail || farewell.code)))
              : 'The connection is lost. What is shown is from before; it is tried again by itself.'}
          </span>
        </Strip>
      )}
      {simulation.degraded !== null && (
        <Strip warn>
          <TriangleAlert size={14} aria-hidden />
          <span>{DEGRADED[simulation.degraded] ?? `Memory is short: ${simulation.degraded}.`}</span>
        </Strip>
      )}
      {ending && (
        <Strip>
          <LoaderCircle size={14} className="animate-spin text-faint" aria-hidden />
          <span>The simulation ends: its tables and its report are being written.</span>
        </Strip>
      )}
      {over && <Over simulation={simulation} />}
      {simulation.state === 'paused' && simulation.hashes && <Hashes simulation={simulation} />}
    </>
  )
}

function Over({ simulation }: { simulation: Simulation }) {
  const { base } = useHome()
  const failed = simulation.state === 'failed'
  return (
    <Strip warn={failed}>
      {failed ? (
        <TriangleAlert size={14} aria-hidden />
      ) : (
        <CircleCheck size={14} className="text-up" aria-hidden />
      )}
      <span className="min-w-0 font-medium">
        {failed ? 'The simulation failed' : 'The simulation has ended'}
        {simulation.reason && (
          <span className="font-normal">
            : <bdi>{simulation.reason}</bdi>
          </span>
        )}
      </span>
      <HashList simulation={simulation} />
      <span className="ml-auto flex gap-1.5">
        {simulation.run && !failed && (
          <a href={reportAddress(simulation.run)} target="_blank" rel="noreferrer" className={LINK}>
            Report
            <ExternalLink size={12} aria-hidden />
          </a>
        )}
        <Link href={`${base}/start`} className={LINK}>
          Start again
        </Link>
      </span>
    </Strip>
  )
}

function Hashes({ simulation }: { simulation: Simulation }) {
  return (
    <Strip>
      <span className="text-faint">Stands still at these hashes</span>
      <HashList simulation={simulation} />
    </Strip>
  )
}

/** Hashes by venue: short to look at, whole to copy. */
function HashList({ simulation }: { simulation: Simulation }) {
  const venues = Object.entries(simulation.hashes ?? {})
  return venues.map(([venue, { state, event }]) => (
    <span key={venue} className="flex items-center gap-2">
      <span className="tabular text-faint" title={`state ${state}\nevent ${event}`}>
        {venues.length > 1 && `${venue} `}state <span className="text-text">{state.slice(0, 10)}</span> event{' '}
        <span className="text-text">{event.slice(0, 10)}</span>
      </span>
      <CopyButton size="sm" label="Copy" text={`state ${state}\nevent ${event}`} />
    </span>
  ))
}
