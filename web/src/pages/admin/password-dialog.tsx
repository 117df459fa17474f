import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { toast } from 'sonner'
import { announce } from '@/components/announcer'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { Refused, useFocus } from '@/components/in-place'
import { PasswordField } from '@/components/password-field'
import { StrengthMeter } from '@/components/strength-meter'
import { passwordMistake } from '@/session/rules'
import { changeUser } from '@/wire/api'
import type { User } from '@/wire/views'

interface Props {
  user: User
  own: boolean
  onClose: () => void
}

/** Give a user another password. */
export function PasswordDialog({ user, own, onClose }: Props) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Set a password"
      description={
        <>
          For <bdi className="font-medium text-text">{user.username}</bdi>. {own ? 'All your' : 'His'}{' '}
          sessions end at once{own && ', this one too'}; API keys stay.
        </>
      }
    >
      <PasswordForm user={user} onClose={onClose} />
    </Dialog>
  )
}

function PasswordForm({ user, onClose }: { user: User; onClose: () => void }) {
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useFocus(input)
  const mistake = passwordMistake(password)
  const setting = useMutation({
    mutationFn: () => changeUser(user.username, { password }),
    onSuccess: () => {
      const words = `${user.username} has another password`
      toast.success(words)
      announce(words)
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!mistake && !setting.isPending) setting.mutate()
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <PasswordField
        label="New password"
        inputRef={input}
        value={password}
        onChange={setPassword}
        autoComplete="new-password"
        error={tried ? mistake : null}
        hint={<StrengthMeter password={password} />}
      />
      <Refused error={setting.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="accent" busy={setting.isPending}>
          Set password
        </Button>
      </div>
    </form>
  )
}
