import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type LucideIcon, Monitor, Smartphone, SquareTerminal } from 'lucide-react'
import { announce } from '@/components/announcer'
import { Badge } from '@/components/badge'
import { Button } from '@/components/button'
import { Refused } from '@/components/in-place'
import { formatAgo, formatFull, formatSpan } from '@/format/times'
import { type DeviceKind, readAgent } from '@/pages/account/agent'
import { endOtherSession } from '@/wire/api'
import type { SignInSession } from '@/wire/views'

const ICONS: Readonly<Record<DeviceKind, LucideIcon>> = {
  computer: Monitor,
  phone: Smartphone,
  program: SquareTerminal,
}

/** One session: which device, from where, and how long it still lasts. */
export function SessionRow({ session, now }: { session: SignInSession; now: number }) {
  const queries = useQueryClient()
  const { words, kind } = readAgent(session.agent)
  const Icon = ICONS[kind]
  const ending = useMutation({
    mutationFn: () => endOtherSession(session.session_id),
    onSuccess: () => {
      announce(`${words}: the session has ended`)
      return queries.invalidateQueries({ queryKey: ['sessions'] })
    },
  })
  const seen = session.last_seen_at
  const left = session.expires_at - now
  return (
    <li className="border-line border-b px-3 py-2 last:border-b-0">
      <div className="flex items-center gap-3">
        <Icon size={18} strokeWidth={1.5} aria-hidden className="shrink-0 text-faint" />
        <div className="min-w-0 flex-1">
          <div className="flex min-w-0 items-center gap-2">
            <bdi className="truncate font-medium" title={session.agent}>
              {words}
            </bdi>
            {session.current && <Badge tone="accent">This device</Badge>}
          </div>
          <div className="tabular flex flex-wrap gap-x-3 text-faint text-xs">
            <bdi className="break-all">{session.address}</bdi>
            <span title={seen === null ? undefined : formatFull(seen)}>
              {session.current
                ? 'active now'
                : seen === null
                  ? 'not seen since'
                  : `seen ${formatAgo(seen, now)}`}
            </span>
            <span title={formatFull(session.created_at)}>began {formatAgo(session.created_at, now)}</span>
            <span title={formatFull(session.expires_at)}>
              {left > 0 ? `ends in ${formatSpan(left / 1_000)}` : 'has run out'}
            </span>
          </div>
        </div>
        {!session.current && (
          <Button
            size="sm"
            busy={ending.isPending}
            onClick={() => ending.mutate()}
            aria-label={`End ${words}`}
          >
            End
          </Button>
        )}
      </div>
      <Refused error={ending.error} className="mt-2" />
    </li>
  )
}
