import { KeyRound } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button } from '@/components/button'
import { Field } from '@/components/field'
import { errorWords } from '@/format/words'
import { keepToken } from '@/lab/api'
import { lab } from '@/lab/store'

/** On a page of its own: the token that the server printed lets a browser steer. */
export function TokenForm() {
  const [token, setToken] = useState('')
  const [busy, setBusy] = useState(false)
  const [mistake, setMistake] = useState<string | null>(null)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (token.trim() === '' || busy) return
    setBusy(true)
    try {
      await keepToken(token.trim())
      setToken('')
      // The connection steers as whoever opened it.
      lab.restart()
    } catch (error) {
      setMistake(errorWords(error))
    }
    setBusy(false)
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <div className="flex items-start gap-2">
        <Field
          label="Paste the control token"
          type="password"
          autoComplete="off"
          value={token}
          onChange={(event) => {
            setToken(event.target.value)
            setMistake(null)
          }}
          error={mistake}
          hint="The server printed it when it started."
          className="flex-1"
        />
        <Button type="submit" tone="accent" busy={busy} disabled={token.trim() === ''} className="mt-5">
          <KeyRound size={13} aria-hidden />
          Steer
        </Button>
      </div>
    </form>
  )
}
