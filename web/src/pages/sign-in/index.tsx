import { clsx } from 'clsx'
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { Redirect, useSearch } from 'wouter'
import { SkeletonRows } from '@/components/states'
import { CredentialsForm } from '@/pages/sign-in/credentials-form'
import { readQuery } from '@/pages/sign-in/next'
import { FirstKey } from '@/session/first-key'
import { useSession } from '@/session/store'

const TAB = clsx(
  'flex-1 border-transparent border-b-2 py-3 font-medium text-muted transition-colors hover:text-text focus-visible:-outline-offset-2',
  'data-[state=active]:border-accent data-[state=active]:text-text',
)

/** Sign in, or create an account; whoever is signed in already is sent where he wanted to go. */
export default function SignIn() {
  const { next, wantsNew } = readQuery(useSearch())
  const standing = useSession((state) => state.standing)
  const firstKey = useSession((state) => state.firstKey)
  const [typed, setTyped] = useState({ username: '', password: '' })

  if (standing === 'signed_in' && firstKey === null) {
    return <Redirect to={next} replace />
  }
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex min-h-full w-full max-w-104 flex-col justify-center px-4 py-8">
        <header className="mb-6 flex flex-col items-center gap-3">
          <img src="./favicon.svg" alt="" width={36} height={36} />
          <h1 className="font-semibold text-lg tracking-tight">
            {firstKey === null ? 'Sign in to Crossbook' : 'Welcome to Crossbook'}
          </h1>
        </header>
        <div className="overflow-hidden rounded-xl border border-line bg-panel shadow-float">
          {firstKey !== null ? (
            <div className="p-5">
              <FirstKey apiKey={firstKey} />
            </div>
          ) : standing === 'asking' ? (
            <SkeletonRows rows={6} className="p-5" />
          ) : (
            <Tabs.Root defaultValue={wantsNew ? 'new' : 'known'}>
              <Tabs.List aria-label="Sign in or create an account" className="flex border-line border-b px-5">
                <Tabs.Trigger value="known" className={TAB}>
                  Sign in
                </Tabs.Trigger>
                <Tabs.Trigger value="new" className={TAB}>
                  Create account
                </Tabs.Trigger>
              </Tabs.List>
              <Tabs.Content value="known" tabIndex={-1} className="p-5 outline-none">
                <CredentialsForm kind="known" typed={typed} onType={setTyped} />
              </Tabs.Content>
              <Tabs.Content value="new" tabIndex={-1} className="p-5 outline-none">
                <CredentialsForm kind="new" typed={typed} onType={setTyped} />
              </Tabs.Content>
            </Tabs.Root>
          )}
        </div>
        {firstKey === null && (
          <p className="mt-4 text-center text-faint text-xs">
            Prices, books and charts are public. Trading needs an account; a new one begins with cash to trade
            with.
          </p>
        )}
      </div>
    </div>
  )
}
