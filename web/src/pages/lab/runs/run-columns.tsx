import { ExternalLink } from 'lucide-react'
import { Badge } from '@/components/badge'
import { CopyButton } from '@/components/copy-button'
import type { Column } from '@/components/data-table'
import { formatSpan, formatWhen } from '@/format/times'
import { words } from '@/format/words'
import { type Run, reportAddress } from '@/lab/api'
import { hashText, membersOf, seedText, startedMs, statusTone } from '@/pages/lab/runs/words'

const HASH_SHOWN = 10

/** Whether a run is chosen, and how it is chosen. */
export interface Choosing {
  readonly chosen: ReadonlySet<string>
  readonly full: boolean
  readonly toggle: (run: string) => void
}

const number = (value: number | null): string => (value === null ? '–' : value.toLocaleString('en'))
const span = (seconds: number | null): string =>
  seconds === null
    ? '–'
    : seconds < 60
      ? `${Number(seconds.toFixed(seconds < 10 ? 2 : 1))} s`
      : formatSpan(seconds)

/** The columns of the list of runs, the newest first. */
export function runColumns({ chosen, full, toggle }: Choosing, now: number): readonly Column<Run>[] {
  return [
    {
      id: 'chosen',
      header: () => <span className="sr-only">Chosen to compare</span>,
      look: { width: 34, grow: 0, short: true },
      enableSorting: false,
      cell: ({ row: { original: run } }) => (
        <input
          type="checkbox"
          aria-label={`Compare ${run.run}`}
          checked={chosen.has(run.run)}
          disabled={run.members !== null || (full && !chosen.has(run.run))}
          title={run.members === null ? undefined : 'Its page has its members side by side'}
          onChange={() => toggle(run.run)}
          className="block accent-[var(--accent)]"
        />
      ),
    },
    {
      id: 'name',
      header: 'Run',
      look: { width: 210, grow: 3 },
      accessorFn: (run) => run.name ?? run.run,
      cell: ({ row: { original: run } }) => (
        <span title={run.run}>
          <bdi className="font-medium">{run.name ?? run.run}</bdi>
          <bdi className="ml-2 text-2xs text-faint">{run.run}</bdi>
        </span>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      look: { width: 96, grow: 0 },
      accessorFn: (run) => run.status ?? '',
      cell: ({ row: { original: run } }) => (
        <Badge tone={statusTone(run.status ?? '')}>{words(run.status ?? 'unknown')}</Badge>
      ),
    },
    {
      id: 'started',
      header: 'Started',
      look: { width: 120, grow: 0 },
      accessorFn: (run) => startedMs(run.started) ?? 0,
      cell: ({ row: { original: run } }) => {
        const ms = startedMs(run.started)
        return <span className="tabular text-muted">{ms === null ? '–' : formatWhen(ms, now)}</span>
      },
    },
    {
      id: 'mode',
      header: 'Mode',
      look: { width: 84, grow: 0 },
      accessorFn: (run) => run.mode ?? '',
      cell: ({ row: { original: run } }) => {
        const members = membersOf(run.members)
        return (
          <span className="text-muted">
            {run.mode ? words(run.mode) : '–'}
            {members !== null && members > 1 && <span className="text-faint"> ×{members}</span>}
          </span>
        )
      },
    },
    {
      id: 'seed',
      header: 'Seed',
      look: { width: 70, grow: 0, align: 'right' },
      accessorFn: (run) => Number(run.seed ?? run.seeds?.[0] ?? 0),
      cell: ({ row: { original: run } }) => seedText(run),
    },
    {
      id: 'simulated',
      header: 'Simulated',
      look: { width: 92, grow: 0, align: 'right' },
      accessorFn: (run) => run.simulated_seconds ?? 0,
      cell: ({ row: { original: run } }) => span(run.simulated_seconds),
    },
    {
      id: 'wall',
      header: 'Took',
      look: { width: 104, grow: 0, align: 'right' },
      accessorFn: (run) => run.wall_seconds ?? 0,
      cell: ({ row: { original: run } }) => span(run.wall_seconds),
    },
    {
      id: 'events',
      header: 'Events',
      look: { width: 96, grow: 0, align: 'right' },
      accessorFn: (run) => run.events ?? 0,
      cell: ({ row: { original: run } }) => number(run.events),
    },
    {
      id: 'interventions',
      header: 'Steered',
      look: { width: 74, grow: 0, align: 'right' },
      accessorFn: (run) => run.interventions ?? 0,
      cell: ({ row: { original: run } }) => (
        <span title="How often it was steered">{run.interventions ? number(run.interventions) : '–'}</span>
      ),
    },
    {
      id: 'hash',
      header: 'Event hash',
      look: { width: 186, grow: 1 },
      enableSorting: false,
      cell: ({ row: { original: run } }) => {
        const hash = hashText(run.event_hash)
        if (hash === null) return <span className="text-faint">–</span>
        return (
          <span className="flex items-center gap-2">
            <span className="tabular text-muted" title={hash}>
              {hash.slice(0, HASH_SHOWN)}
            </span>
            <CopyButton size="sm" text={hash} />
          </span>
        )
      },
    },
    {
      id: 'report',
      header: () => <span className="sr-only">Report</span>,
      look: { width: 84, grow: 0, align: 'right' },
      enableSorting: false,
      cell: ({ row: { original: run } }) => (
        <a
          href={reportAddress(run.run)}
          target="_blank"
          rel="noreferrer"
          aria-label={`Report of ${run.run}`}
          className="inline-flex items-center gap-1 text-accent hover:underline"
        >
          Report
          <ExternalLink size={12} aria-hidden />
        </a>
      ),
    },
  ]
}
