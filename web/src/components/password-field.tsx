import { Eye, EyeOff } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, type RefObject, useState } from 'react'
import { Field } from '@/components/field'

interface Props {
  label?: string
  value: string
  onChange: (value: string) => void
  autoComplete: 'current-password' | 'new-password'
  error?: string | null
  hint?: ReactNode
  disabled?: boolean
  onBlur?: () => void
  inputRef?: RefObject<HTMLInputElement | null>
}

/** A password that can be shown, and that says when caps lock is on. */
export function PasswordField({
  label = 'Password',
  value,
  onChange,
  autoComplete,
  error,
  hint,
  disabled,
  onBlur,
  inputRef,
}: Props) {
  const [shown, setShown] = useState(false)
  const [capsLock, setCapsLock] = useState(false)
  // Keys that were filled in by the browser say nothing of it.
  const watch = (event: KeyboardEvent) => setCapsLock(event.getModifierState?.('CapsLock') ?? false)
  return (
    <div>
      <Field
        label={label}
        name="password"
        type={shown ? 'text' : 'password'}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={watch}
        onKeyUp={watch}
        onBlur={() => {
          setCapsLock(false)
          onBlur?.()
        }}
        autoComplete={autoComplete}
        autoCapitalize="none"
        error={error}
        hint={hint}
        disabled={disabled}
        {...(inputRef ? { ref: inputRef } : {})}
        suffix={
          <button
            type="button"
            onClick={() => setShown((before) => !before)}
            aria-label={shown ? 'Hide the password' : 'Show the password'}
            aria-pressed={shown}
            className="-mr-1 flex size-6 items-center justify-center rounded text-faint hover:text-text"
          >
            {shown ? <EyeOff size={14} /> : <Eye size={14} />}
          </button>
        }
      />
      <p role="status" className="text-warn text-xs">
        {capsLock && <span className="mt-1 block">Caps lock is on.</span>}
      </p>
    </div>
  )
}
