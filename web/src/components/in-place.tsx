import { clsx } from 'clsx'
import { type RefObject, useEffect } from 'react'
import { errorWords } from '@/format/words'

/** Why something was refused, right where it was asked for; nothing where it was not. */
export function Refused({ error, className }: { error: unknown; className?: string }) {
  if (!error) return null
  return (
    <p role="alert" className={clsx('rounded-md bg-down-soft px-3 py-2 text-down text-xs', className)}>
      <bdi>{errorWords(error)}</bdi>
    </p>
  )
}

/** Put the cursor into a field when the form appears, before a dialog puts it on its close button. */
export function useFocus(input: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    input.current?.focus()
    // What was typed before can be typed over.
    input.current?.select()
  }, [input])
}
