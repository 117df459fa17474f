import { clsx } from 'clsx'
import { Check, ChevronDown } from 'lucide-react'
import { Select as Radix } from 'radix-ui'

interface Choice<T extends string> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

interface Props<T extends string> {
  label: string
  value: T
  choices: readonly Choice<T>[]
  onChange: (value: T) => void
  labelHidden?: boolean
  disabled?: boolean
  className?: string
  size?: 'sm' | 'md'
}

/** A list to choose one from, with a label above it. */
export function Select<T extends string>({
  label,
  value,
  choices,
  onChange,
  labelHidden,
  disabled,
  className,
  size = 'md',
}: Props<T>) {
  return (
    <div className={clsx('min-w-0', className)}>
      {!labelHidden && <span className="mb-1 block text-xs text-muted">{label}</span>}
      <Radix.Root
        value={value}
        onValueChange={(chosen) => onChange(chosen as T)}
        {...(disabled === undefined ? {} : { disabled })}
      >
        <Radix.Trigger
          aria-label={label}
          className={clsx(
            'flex w-full items-center justify-between gap-1 rounded-md border border-line-strong bg-well transition-colors',
            'hover:bg-hover focus-visible:outline-2 focus-visible:outline-accent disabled:opacity-50',
            size === 'sm' ? 'h-6 px-2 text-xs' : 'h-8 px-2.5',
          )}
        >
          <span className="truncate">
            <Radix.Value />
          </span>
          <Radix.Icon>
            <ChevronDown size={14} className="text-faint" />
          </Radix.Icon>
        </Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            position="popper"
            sideOffset={4}
            className="z-50 max-h-80 min-w-[var(--radix-select-trigger-width)] animate-rise overflow-hidden rounded-lg border border-line bg-raised shadow-float"
          >
            <Radix.Viewport className="p-1">
              {choices.map((choice) => (
                <Radix.Item
                  key={choice.value}
                  value={choice.value}
                  className="flex cursor-pointer items-center gap-2 rounded-md py-1.5 pr-3 pl-2 text-sm outline-none data-highlighted:bg-hover"
                >
                  <span className="w-4 shrink-0">
                    <Radix.ItemIndicator>
                      <Check size={14} className="text-accent" />
                    </Radix.ItemIndicator>
                  </span>
                  <span>
                    <Radix.ItemText>{choice.label}</Radix.ItemText>
                    {choice.hint && <span className="block text-xs text-faint">{choice.hint}</span>}
                  </span>
                </Radix.Item>
              ))}
            </Radix.Viewport>
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </div>
  )
}
