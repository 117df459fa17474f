import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { Field } from '@/components/field'
import { Refused, useFocus } from '@/components/in-place'
import { labelMistake } from '@/pages/account/labels'
import { NewKeyShown } from '@/session/new-key-shown'
import { createKey, type NewKey } from '@/wire/api'

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Make an API key: its label first, then the key itself, once. */
export function CreateKey({ open, onOpenChange }: Props) {
  const [made, setMade] = useState<NewKey | null>(null)
  const close = () => {
    onOpenChange(false)
    setMade(null)
  }
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={made ? 'Your new API key' : 'New API key'}
      description={
        made
          ? 'It is shown this once and cannot be looked up later.'
          : 'A program signs in with it and trades in your name. It can do all that you can.'
      }
    >
      {made ? (
        <>
          <NewKeyShown apiKey={made.api_key} />
          <Button tone="accent" className="mt-5 w-full" onClick={close}>
            I have stored it
          </Button>
        </>
      ) : (
        <LabelForm onMade={setMade} onCancel={close} />
      )}
    </Dialog>
  )
}

function LabelForm({ onMade, onCancel }: { onMade: (made: NewKey) => void; onCancel: () => void }) {
  const queries = useQueryClient()
  const [label, setLabel] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useFocus(input)
  const creating = useMutation({
    mutationFn: () => createKey(label.trim()),
    onSuccess: (made) => {
      onMade(made)
      void queries.invalidateQueries({ queryKey: ['keys'] })
    },
  })
  const mistake = labelMistake(label.trim())
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!mistake && !creating.isPending) creating.mutate()
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field
        label="Label"
        ref={input}
        value={label}
        onChange={(event) => setLabel(event.target.value)}
        placeholder="market maker on the laptop"
        error={mistake}
        hint="For you, to tell keys apart."
      />
      <Refused error={creating.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" tone="accent" busy={creating.isPending} disabled={mistake !== null}>
          Make key
        </Button>
      </div>
    </form>
  )
}
