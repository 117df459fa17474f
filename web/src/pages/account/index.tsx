import { Dialog } from '@/components/dialog'
import { Page } from '@/components/page'
import { Appearance } from '@/pages/account/appearance'
import { KeysPanel } from '@/pages/account/keys-panel'
import { Profile } from '@/pages/account/profile'
import { SessionsPanel } from '@/pages/account/sessions-panel'
import { FirstKey } from '@/session/first-key'
import { firstKeySeen, useSession } from '@/session/store'

/** The account: who it is, its keys and sessions, and how the application looks. */
export default function Account() {
  const me = useSession((state) => state.me)
  const firstKey = useSession((state) => state.firstKey)
  if (!me) return null
  return (
    <Page title="Account">
      {/* On a narrow page the appearance comes last. */}
      <div className="grid items-start gap-3 lg:grid-cols-[21rem_minmax(0,1fr)]">
        <div className="contents lg:flex lg:flex-col lg:gap-3">
          <Profile me={me} />
          <div className="max-lg:order-1">
            <Appearance />
          </div>
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <KeysPanel />
          <SessionsPanel />
        </div>
      </div>
      {/* Somebody who left the sign-in page before he stored it. */}
      <Dialog open={firstKey !== null} onOpenChange={firstKeySeen} title="Your first API key">
        {firstKey !== null && <FirstKey apiKey={firstKey} />}
      </Dialog>
    </Page>
  )
}
