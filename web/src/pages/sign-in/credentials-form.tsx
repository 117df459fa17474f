import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Button } from '@/components/button'
import { Field } from '@/components/field'
import { PasswordField } from '@/components/password-field'
import { StrengthMeter } from '@/components/strength-meter'
import { useWait } from '@/pages/sign-in/use-wait'
import { refusalOf } from '@/session/refusal'
import { nameMistake, passwordMistake } from '@/session/rules'
import { register, signIn } from '@/session/store'
import type { Credentials } from '@/wire/api'

interface Props {
  kind: 'known' | 'new'
  typed: Credentials
  /** Kept by the page, so that the other form has it too. */
  onType: (typed: Credentials) => void
}

const ACTIONS = { known: 'Sign in', new: 'Create account' } as const

/** User name and password, of somebody who has an account or of somebody who wants one. */
export function CredentialsForm({ kind, typed, onType }: Props) {
  const isNew = kind === 'new'
  // A new account follows the venue's rules; an old password is whatever it was.
  const mistakes = {
    username: isNew ? nameMistake(typed.username) : typed.username === '' ? 'Enter your user name.' : null,
    password: isNew ? passwordMistake(typed.password) : typed.password === '' ? 'Enter your password.' : null,
  }
  const [left, setLeft] = useState({ username: false, password: false })
  const nameInput = useRef<HTMLInputElement>(null)
  const passwordInput = useRef<HTMLInputElement>(null)
  const entering = useMutation({
    mutationFn: (credentials: Credentials) => (isNew ? register(credentials) : signIn(credentials)),
    onError: (error) => {
      const { place } = refusalOf(error)
      if (place === 'username') nameInput.current?.focus()
      if (place === 'password') passwordInput.current?.focus()
    },
  })
  const refusal = entering.error ? refusalOf(entering.error) : null
  const wait = useWait(refusal?.waitSeconds ?? null, entering.submittedAt)

  useEffect(() => {
    const input = nameInput.current?.value ? passwordInput.current : nameInput.current
    input?.focus()
  }, [])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setLeft({ username: true, password: true })
    if (mistakes.username) nameInput.current?.focus()
    else if (mistakes.password) passwordInput.current?.focus()
    else if (!entering.isPending && wait === 0) entering.mutate(typed)
  }
  const type = (change: Partial<Credentials>) => {
    // What was refused is not what stands there now.
    if (entering.error && wait === 0) entering.reset()
    onType({ ...typed, ...change })
  }
  const errorAt = (place: 'username' | 'password') =>
    refusal?.place === place ? refusal.words : left[place] ? mistakes[place] : null

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4" aria-label={ACTIONS[kind]}>
      <Field
        label="User name"
        onBlur={() => setLeft((before) => ({ ...before, username: typed.username !== '' }))}
        name="username"
        ref={nameInput}
        value={typed.username}
        onChange={(event) => type({ username: event.target.value })}
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        error={errorAt('username')}
        hint={
          isNew
            ? 'Others see it on the leaderboard. 3 to 32 letters, digits, dots, dashes, underscores.'
            : undefined
        }
      />
      <PasswordField
        // Another element for another `autocomplete`, which password managers read once.
        key={kind}
        onBlur={() => setLeft((before) => ({ ...before, password: typed.password !== '' }))}
        inputRef={passwordInput}
        value={typed.password}
        onChange={(password) => type({ password })}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        error={errorAt('password')}
        hint={isNew ? <StrengthMeter password={typed.password} /> : undefined}
      />
      {refusal?.place === 'form' && (
        <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-down text-xs">
          {refusal.words}
        </p>
      )}
      <Button
        type="submit"
        tone="accent"
        size="lg"
        className="w-full"
        busy={entering.isPending}
        disabled={wait > 0}
      >
        {entering.isPending ? 'One moment' : wait > 0 ? `Try again in ${wait} s` : ACTIONS[kind]}
      </Button>
    </form>
  )
}
