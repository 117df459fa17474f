import { clsx } from 'clsx'
import { Switch as Radix } from 'radix-ui'
import { useId } from 'react'

interface Props {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
  /** On means danger: one-click trading. */
  warn?: boolean
  title?: string
}

export function Switch({ label, checked, onChange, disabled, warn, title }: Props) {
  const id = useId()
  return (
    <span className="inline-flex items-center gap-1.5" title={title}>
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        {...(disabled === undefined ? {} : { disabled })}
        className={clsx(
          'relative h-4 w-7 shrink-0 rounded-full border transition-colors disabled:opacity-50',
          checked
            ? warn
              ? 'border-warn bg-warn'
              : 'border-accent bg-accent-fill'
            : 'border-line-strong bg-well',
        )}
      >
        <Radix.Thumb className="block size-3 translate-x-px rounded-full bg-muted transition-transform data-[state=checked]:translate-x-[13px] data-[state=checked]:bg-white" />
      </Radix.Root>
      <label htmlFor={id} className="select-none whitespace-nowrap text-muted text-xs">
        {label}
      </label>
    </span>
  )
}
