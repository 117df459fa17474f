import { clsx } from 'clsx'
import { Trophy } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { Page } from '@/components/page'
import { Segmented } from '@/components/segmented'
import { Empty, Failed, SkeletonRows } from '@/components/states'
import { Veil } from '@/components/veil'
import { LeaderRow } from '@/pages/leaderboard/leader-row'
import type { Line } from '@/pages/leaderboard/standings'
import { useFlip } from '@/pages/leaderboard/use-flip'
import { useStandings } from '@/pages/leaderboard/use-standings'
import { useSession } from '@/session/store'

const RANGES = [
  { value: '1', label: '1\u00a0h' },
  { value: '24', label: '24\u00a0h' },
  { value: '168', label: '7\u00a0d' },
] as const
type Hours = (typeof RANGES)[number]['value']

const HEAD = 'eyebrow px-2 py-2 text-left whitespace-nowrap'

function Standings({ lines, beyond, range }: { lines: readonly Line[]; beyond: Line | null; range: string }) {
  const body = useRef<HTMLTableSectionElement>(null)
  useFlip(body, lines.map((line) => line.user_id).join(' '))
  const isListed = lines.some((line) => line.isOwn)

  useEffect(() => {
    if (isListed) body.current?.querySelector('[data-own]')?.scrollIntoView({ block: 'nearest' })
  }, [isListed])

  return (
    // Clipped, not hidden: the own line at the end sticks to the page.
    <div className="@container overflow-clip rounded-lg border border-line bg-panel">
      <table className="w-full border-separate border-spacing-0 [&_td]:border-line [&_td]:border-b [&_th]:border-line [&_th]:border-b [&_tr:last-child_td]:border-b-0">
        <caption className="sr-only">Accounts by total value, best first</caption>
        <thead>
          <tr>
            <th scope="col" className={clsx(HEAD, 'pl-3')}>
              Rank
            </th>
            <th scope="col" className={HEAD}>
              Trader
            </th>
            <th scope="col" className={clsx(HEAD, 'hidden @2xl:table-cell')}>
              Trend
            </th>
            <th scope="col" className={clsx(HEAD, 'hidden text-right @md:table-cell')}>
              {range} change
            </th>
            <th scope="col" className={clsx(HEAD, 'hidden text-right @4xl:table-cell')}>
              Cash
            </th>
            <th scope="col" className={clsx(HEAD, 'hidden @4xl:table-cell')}>
              Holdings
            </th>
            <th scope="col" className={clsx(HEAD, 'pr-3 text-right')}>
              Total value
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {lines.map((line) => (
            <LeaderRow key={line.user_id} line={line} />
          ))}
        </tbody>
        {beyond && (
          <tfoot className="sticky bottom-0 z-10 [&_td]:border-line-strong [&_td]:border-t">
            <LeaderRow line={beyond} pinned />
          </tfoot>
        )}
      </table>
    </div>
  )
}

/** Who is worth most, what changed, and where the reader stands. */
export default function LeaderboardPage() {
  const [hours, setHours] = useState<Hours>('24')
  const { standings, error, isStale, isOther, retry } = useStandings(Number(hours))
  const signedOut = useSession((state) => state.standing === 'signed_out')
  const range = RANGES.find((candidate) => candidate.value === hours)?.label ?? ''
  return (
    <Page
      title="Leaderboard"
      tools={<Segmented label="Range" size="md" value={hours} choices={RANGES} onChange={setHours} />}
    >
      {error ? (
        <Failed error={error} onRetry={retry} />
      ) : !standings ? (
        <div className="rounded-lg border border-line bg-panel">
          <SkeletonRows rows={10} />
        </div>
      ) : standings.lines.length === 0 ? (
        <Empty icon={Trophy} title="Nobody trades here yet" className="min-h-56">
          {signedOut ? (
            <Link href="/sign-in?new=1" className="text-accent underline">
              Create an account to be the first
            </Link>
          ) : (
            'Whoever has an account stands here.'
          )}
        </Empty>
      ) : (
        <Veil standing={isStale ? 'stale' : 'live'}>
          <div className={clsx('transition-opacity', isOther && 'opacity-70')}>
            <Standings {...standings} range={range} />
          </div>
        </Veil>
      )}
      {signedOut && standings !== null && standings.lines.length > 0 && (
        <p className="mt-3 text-center text-muted text-xs">
          <Link href="/sign-in?next=/leaderboard" className="text-accent underline">
            Sign in
          </Link>{' '}
          to see where you stand.
        </p>
      )}
    </Page>
  )
}
