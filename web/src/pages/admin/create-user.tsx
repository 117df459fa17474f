import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { toast } from 'sonner'
import { announce } from '@/components/announcer'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { Field } from '@/components/field'
import { Refused, useFocus } from '@/components/in-place'
import { PasswordField } from '@/components/password-field'
import { Select } from '@/components/select'
import { StrengthMeter } from '@/components/strength-meter'
import { refusalOf } from '@/session/refusal'
import { nameMistake, passwordMistake } from '@/session/rules'
import { createUser } from '@/wire/api'

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
  onCreated: () => void
}

const ROLES = [
  { value: 'trader', label: 'Trader', hint: 'Trades with an account' },
  { value: 'admin', label: 'Administrator', hint: 'Trades, and runs the venue' },
] as const

/** Make a user with any name, reserved ones too. */
export function CreateUser({ open, onOpenChange, onCreated }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New user"
      description="With an account of its own. Reserved names may be given here too."
    >
      <UserForm
        onClose={() => onOpenChange(false)}
        onCreated={() => {
          onOpenChange(false)
          onCreated()
        }}
      />
    </Dialog>
  )
}

function UserForm({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const queries = useQueryClient()
  const [typed, setTyped] = useState({ username: '', password: '' })
  const [role, setRole] = useState<'trader' | 'admin'>('trader')
  const [tried, setTried] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useFocus(input)
  const mistakes = { username: nameMistake(typed.username), password: passwordMistake(typed.password) }
  const creating = useMutation({
    mutationFn: () => createUser({ ...typed, role }),
    onSuccess: (user) => {
      const words = `${user.username} is made`
      toast.success(words)
      announce(words)
      onCreated()
      return queries.invalidateQueries({ queryKey: ['admin', 'users'] })
    },
  })
  const refusal = creating.error ? refusalOf(creating.error) : null
  const taken = refusal?.place === 'username' ? refusal.words : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!mistakes.username && !mistakes.password && !creating.isPending) creating.mutate()
  }
  const type = (change: Partial<typeof typed>) => {
    if (creating.error) creating.reset()
    setTyped({ ...typed, ...change })
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field
        label="User name"
        ref={input}
        value={typed.username}
        onChange={(event) => type({ username: event.target.value })}
        autoCapitalize="none"
        error={taken ?? (tried ? mistakes.username : null)}
        hint="3 to 32 letters, digits, dots, dashes, underscores."
      />
      <PasswordField
        value={typed.password}
        onChange={(password) => type({ password })}
        autoComplete="new-password"
        error={tried ? mistakes.password : null}
        hint={<StrengthMeter password={typed.password} />}
      />
      <Select label="Role" value={role} choices={ROLES} onChange={setRole} />
      <Refused error={taken ? null : creating.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="accent" busy={creating.isPending}>
          Make user
        </Button>
      </div>
    </form>
  )
}
