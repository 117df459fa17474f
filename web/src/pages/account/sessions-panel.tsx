import { useMutation, useQuery } from '@tanstack/react-query'
import { MonitorSmartphone } from 'lucide-react'
import { useMemo, useState } from 'react'
import { announce } from '@/components/announcer'
import { Button } from '@/components/button'
import { Confirm } from '@/components/dialog'
import { Refused } from '@/components/in-place'
import { Panel } from '@/components/panel'
import { Empty, Failed, SkeletonRows } from '@/components/states'
import { useNow } from '@/hooks/use-now'
import { SessionRow } from '@/pages/account/session-row'
import { giveUpSession } from '@/session/store'
import { endAllSessions, getSessions } from '@/wire/api'
import { RequestError } from '@/wire/rest'

/** Where somebody is signed in with the password, and the way to end it. */
export function SessionsPanel() {
  const now = useNow(15_000)
  const [asking, setAsking] = useState(false)
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => getSessions(signal),
    refetchInterval: 30_000,
  })
  const ending = useMutation({
    mutationFn: endAllSessions,
    onSuccess: () => {
      // This one has ended too, and was meant to: nobody is asked for the password.
      giveUpSession()
      announce('Signed out everywhere')
    },
  })
  const sessions = useMemo(
    () =>
      data?.toSorted(
        (a, b) =>
          Number(b.current) - Number(a.current) ||
          (b.last_seen_at ?? b.created_at) - (a.last_seen_at ?? a.created_at),
      ),
    [data],
  )
  const missing = error instanceof RequestError && error.status === 404
  return (
    <Panel
      title="Where you are signed in"
      tools={
        sessions && (
          <Button size="sm" tone="danger" busy={ending.isPending} onClick={() => setAsking(true)}>
            Sign out everywhere
          </Button>
        )
      }
    >
      {sessions ? (
        <ul aria-label="Sessions">
          {sessions.map((session) => (
            <SessionRow key={session.session_id} session={session} now={now} />
          ))}
        </ul>
      ) : missing ? (
        <Empty icon={MonitorSmartphone} title="This venue does not list sessions">
          Each ends a day after it began, or when you sign out.
        </Empty>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows rows={3} />
      )}
      <Refused error={ending.error} className="m-3" />
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title="Sign out everywhere?"
        description="All sessions end at once, this one too, and their connections close. API keys and open orders stay."
        action="Sign out everywhere"
        danger
        onConfirm={() => ending.mutate()}
      />
    </Panel>
  )
}
