import { clsx } from 'clsx'
import { ToggleGroup } from 'radix-ui'
import type { ReactNode } from 'react'

interface Props<T extends string> {
  label: string
  value: T
  choices: readonly { value: T; label: ReactNode; title?: string }[]
  onChange: (value: T) => void
  size?: 'sm' | 'md'
  className?: string
}

/** A few choices side by side, one of them taken: intervals, ranges, sides. */
export function Segmented<T extends string>({
  label,
  value,
  choices,
  onChange,
  size = 'sm',
  className,
}: Props<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      aria-label={label}
      onValueChange={(chosen) => chosen && onChange(chosen as T)}
      className={clsx('inline-flex rounded-md bg-well p-0.5 ring-1 ring-line ring-inset', className)}
    >
      {choices.map((choice) => (
        <ToggleGroup.Item
          key={choice.value}
          value={choice.value}
          title={choice.title}
          className={clsx(
            'flex flex-1 items-center justify-center whitespace-nowrap rounded-[5px] px-2 font-medium text-muted transition-colors hover:text-text',
            'data-[state=on]:bg-raised data-[state=on]:text-text data-[state=on]:shadow-sm data-[state=on]:ring-1 data-[state=on]:ring-line-strong',
            size === 'sm' ? 'h-5 text-xs' : 'h-7 text-sm',
          )}
        >
          {choice.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
