import { clsx } from 'clsx'
import { ChartCandlestick, FolderClock, type LucideIcon, Play } from 'lucide-react'
import { type ComponentType, useEffect } from 'react'
import { Link, useLocation } from 'wouter'
import { useLabConnection } from '@/lab/store'
import { useHome } from '@/pages/lab/home'
import { Live } from '@/pages/lab/live/live'
import { RunState } from '@/pages/lab/run-state'
import { Runs } from '@/pages/lab/runs/runs'
import { Start } from '@/pages/lab/start/start'
import { useSimulation } from '@/pages/lab/use-lab'

interface Part {
  readonly path: string
  readonly title: string
  readonly icon: LucideIcon
  readonly Shown: ComponentType
}

const PARTS: readonly Part[] = [
  { path: '', title: 'Live', icon: ChartCandlestick, Shown: Live },
  { path: '/start', title: 'Start', icon: Play, Shown: Start },
  { path: '/runs', title: 'Runs', icon: FolderClock, Shown: Runs },
]

function useTitle(part: string): void {
  const simulation = useSimulation()
  const name = simulation?.name ?? null
  const paused = simulation?.state === 'paused'
  useEffect(() => {
    const what = part === 'Live' && name ? `${paused ? 'Paused: ' : ''}${name}` : part
    document.title = `${what} · Lab · Crossbook`
    return () => {
      document.title = 'Crossbook'
    }
  }, [part, name, paused])
}

/** Simulations: one that runs, watched and steered; how to start one; and those that were made. */
export function LabPage() {
  useLabConnection()
  const { base } = useHome()
  const [path] = useLocation()
  const here = path.slice(base.length).replace(/\/$/, '')
  const part = PARTS.find((one) => one.path === here) ?? PARTS[0]
  useTitle(part?.title ?? '')
  if (!part) return null
  return (
    <div className="flex h-full flex-col">
      <h1 className="sr-only">Lab: {part.title}</h1>
      <div className="flex h-10 shrink-0 items-stretch gap-3 border-line border-b bg-panel px-3">
        <nav aria-label="Parts of the lab" className="flex shrink-0 gap-1">
          {PARTS.map(({ path: to, title, icon: Icon }) => {
            const shown = part.path === to
            return (
              <Link
                key={to}
                href={`${base}${to}` || '/'}
                aria-current={shown ? 'page' : undefined}
                className={clsx(
                  '-mb-px flex items-center gap-1.5 border-b-2 px-2 font-medium transition-colors focus-visible:-outline-offset-2',
                  shown ? 'border-accent text-text' : 'border-transparent text-muted hover:text-text',
                )}
              >
                <Icon size={14} aria-hidden className={shown ? 'text-accent' : 'text-faint'} />
                {title}
              </Link>
            )
          })}
        </nav>
        <RunState />
      </div>
      <div className="min-h-0 flex-1">
        <part.Shown />
      </div>
    </div>
  )
}
