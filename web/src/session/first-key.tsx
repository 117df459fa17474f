import { Button } from '@/components/button'
import { NewKeyShown } from '@/session/new-key-shown'
import { firstKeySeen } from '@/session/store'

/** The step after registration: the first API key, shown this once. */
export function FirstKey({ apiKey }: { apiKey: string }) {
  return (
    <>
      <h2 className="font-semibold text-base">Your account is ready</h2>
      <p className="mt-1 mb-4 text-muted">
        This is your first API key. Programs trade with it in your name; this page does not need it. It is
        shown this once and cannot be looked up later.
      </p>
      <NewKeyShown apiKey={apiKey} />
      <Button tone="accent" size="lg" className="mt-5 w-full" onClick={firstKeySeen}>
        I have stored it
      </Button>
      <p className="mt-2 text-center text-faint text-xs">
        If it is lost: end it on the account page, and make another.
      </p>
    </>
  )
}
