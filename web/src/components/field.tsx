import { clsx } from 'clsx'
import { type ComponentProps, type ReactNode, useId } from 'react'

interface FieldProps extends Omit<ComponentProps<'input'>, 'size' | 'prefix'> {
  label: string
  /** What is wrong with what stands in it. */
  error?: string | null | undefined
  hint?: ReactNode
  /** Behind the text, such as a unit. */
  suffix?: ReactNode
  /** Whether the label is for screen readers alone. */
  labelHidden?: boolean
}

/** A labelled input whose mistake stands right below it. */
export function Field({ label, error, hint, suffix, labelHidden, className, id, ...rest }: FieldProps) {
  const made = useId()
  const name = id ?? made
  const below = error ? `${name}-error` : hint ? `${name}-hint` : undefined
  return (
    <div className={clsx('min-w-0', className)}>
      <label htmlFor={name} className={clsx('mb-1 block text-xs text-muted', labelHidden && 'sr-only')}>
        {label}
      </label>
      <div
        className={clsx(
          'flex h-8 items-center rounded-md border bg-well transition-colors',
          'focus-within:border-accent focus-within:ring-1 focus-within:ring-accent',
          error ? 'border-down' : 'border-line-strong',
          rest.disabled && 'opacity-50',
        )}
      >
        <input
          autoComplete="off"
          spellCheck={false}
          {...rest}
          id={name}
          aria-invalid={error ? true : undefined}
          aria-describedby={below}
          className="h-full w-full min-w-0 bg-transparent px-2.5 outline-none placeholder:text-faint"
        />
        {suffix && <span className="flex shrink-0 items-center pr-2 text-xs text-faint">{suffix}</span>}
      </div>
      {error ? (
        <p id={below} className="mt-1 text-xs text-down" role="alert">
          {error}
        </p>
      ) : (
        hint && (
          <p id={below} className="mt-1 text-xs text-faint">
            {hint}
          </p>
        )
      )}
    </div>
  )
}

/** A field for a decimal: the keyboard of a phone has digits, and the figures stand under one another. */
export function DecimalField(props: FieldProps) {
  return <Field inputMode="decimal" {...props} className={clsx('tabular', props.className)} />
}
