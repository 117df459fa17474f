import { clsx } from 'clsx'
import { ToggleGroup } from 'radix-ui'

interface RowChoice<T extends string> {
  readonly value: T
  readonly label: string
  readonly title?: string
  /** Why it cannot be had; null where it can. */
  readonly reason?: string | null
  /** How it looks where it is taken. */
  readonly taken?: string
}

interface Props<T extends string> {
  label: string
  value: T
  choices: readonly RowChoice<T>[]
  onChange: (value: T) => void
  large?: boolean
}

const TAKEN = 'bg-raised text-text shadow-sm ring-1 ring-line-strong'

/** A few choices side by side, some of which may not be had at the moment: their titles say why. */
export function ChoiceRow<T extends string>({ label, value, choices, onChange, large }: Props<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      aria-label={label}
      onValueChange={(chosen) => chosen && onChange(chosen as T)}
      className="flex rounded-md bg-well p-0.5 ring-1 ring-line ring-inset"
    >
      {choices.map((choice) => (
        <ToggleGroup.Item
          key={choice.value}
          value={choice.value}
          disabled={Boolean(choice.reason)}
          title={choice.reason ?? choice.title}
          className={clsx(
            'flex-1 whitespace-nowrap rounded-[5px] px-1 font-medium transition-colors disabled:opacity-40',
            large ? 'h-8 text-sm' : 'h-6 text-xs',
            choice.value === value ? (choice.taken ?? TAKEN) : 'text-muted enabled:hover:text-text',
          )}
        >
          {choice.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
