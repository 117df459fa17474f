import { LogOut } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { Badge } from '@/components/badge'
import { Button } from '@/components/button'
import { CopyButton } from '@/components/copy-button'
import { Panel } from '@/components/panel'
import { roleWord } from '@/format/words'
import { signOut } from '@/session/store'
import { act } from '@/trading/act'
import type { Me } from '@/wire/api'

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 items-center justify-between gap-3 border-line border-b px-3 py-2 last:border-b-0">
      <dt className="shrink-0 text-muted">{label}</dt>
      <dd className="flex min-w-0 items-center gap-2">{children}</dd>
    </div>
  )
}

/** Who is signed in. */
export function Profile({ me }: { me: Me }) {
  const [, navigate] = useLocation()
  const leave = () =>
    act(signOut(), () => 'Signed out').then((done) => {
      if (done) navigate('/')
    })
  return (
    <Panel
      title="Profile"
      tools={
        <Button size="sm" onClick={leave}>
          <LogOut size={13} />
          Sign out
        </Button>
      }
    >
      <dl>
        <Line label="User name">
          <bdi className="truncate font-medium" title={me.username}>
            {me.username}
          </bdi>
        </Line>
        <Line label="Role">
          <Badge tone={me.role === 'admin' ? 'accent' : 'plain'}>{roleWord(me.role)}</Badge>
        </Line>
        <Line label="User id">
          <code className="truncate font-mono text-muted text-xs" title={me.user_id}>
            {me.user_id}
          </code>
          <CopyButton size="sm" text={me.user_id} />
        </Line>
      </dl>
    </Panel>
  )
}
