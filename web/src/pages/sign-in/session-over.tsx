import { useMutation } from '@tanstack/react-query'
import { LogIn } from 'lucide-react'
import { type FormEvent, type RefObject, useRef, useState } from 'react'
import { announce } from '@/components/announcer'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { useFocus } from '@/components/in-place'
import { PasswordField } from '@/components/password-field'
import { useWait } from '@/pages/sign-in/use-wait'
import { refusalOf } from '@/session/refusal'
import { giveUpSession, signIn, useSession } from '@/session/store'
import { queries } from '@/wire/queries'

/** The session is over, and the page behind untouched: the password brings the user back to where he was. */
export function SessionOver() {
  const over = useSession((state) => state.over)
  const username = useSession((state) => state.me?.username ?? '')
  // Begins anew, with nothing typed, each time that a session ends.
  return over ? <ComeBack username={username} /> : null
}

function ComeBack({ username }: { username: string }) {
  const [password, setPassword] = useState('')
  const [aside, setAside] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const entering = useMutation({
    mutationFn: () => signIn({ username, password }),
    onSuccess: () => {
      announce(`Signed in again as ${username}`)
      // What was refused meanwhile is asked again.
      void queries.invalidateQueries()
    },
    onError: () => input.current?.select(),
  })
  const refusal = entering.error ? refusalOf(entering.error) : null
  const wait = useWait(refusal?.waitSeconds ?? null, entering.submittedAt)
  const wrong = refusal?.place === 'password' ? 'This is not the password.' : refusal?.words

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password !== '' && wait === 0 && !entering.isPending) entering.mutate()
    else input.current?.focus()
  }

  if (aside) {
    return (
      <div className="-translate-x-1/2 fixed bottom-16 left-1/2 z-40 md:bottom-4">
        <Button className="animate-rise border-warn! shadow-float" onClick={() => setAside(false)}>
          <LogIn size={14} className="text-warn" />
          Your session is over: sign in again
        </Button>
      </div>
    )
  }
  return (
    <Dialog
      open
      // Closing it only puts it aside: what is on the page can be read meanwhile.
      onOpenChange={(open) => setAside(!open)}
      title="Your session is over"
      description={
        <>
          It ran out, or was ended elsewhere. Nothing on this page is lost. Enter the password of{' '}
          <bdi className="font-medium text-text">{username}</bdi> to go on.
        </>
      }
    >
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <FocusOn input={input} />
        {/* Password managers look for the name beside the password. */}
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <PasswordField
          inputRef={input}
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          error={wrong ?? null}
        />
        <div className="flex flex-wrap justify-between gap-2">
          <Button tone="ghost" onClick={giveUpSession}>
            Continue signed out
          </Button>
          <Button type="submit" tone="accent" busy={entering.isPending} disabled={wait > 0}>
            {wait > 0 ? `Try again in ${wait} s` : 'Sign in'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Inside the dialog, so that it comes before the dialog's own choice: the close button. */
function FocusOn({ input }: { input: RefObject<HTMLInputElement | null> }) {
  useFocus(input)
  return null
}
