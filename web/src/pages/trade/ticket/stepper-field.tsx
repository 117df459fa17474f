import { Minus, Plus } from 'lucide-react'
import type { KeyboardEvent, ReactNode, Ref } from 'react'
import { DecimalField } from '@/components/field'
import { stepped } from '@/pages/trade/ticket/estimate'
import { type Mistake, readNumber } from '@/trading/typed'
import { type Decimal, toText } from '@/wire/decimal'

interface Props {
  label: string
  value: string
  onChange: (text: string) => void
  onBlur?: () => void
  step: Decimal
  /** Where steps begin while nothing that can be read stands in it. */
  start?: Decimal | null
  /** Shown where it is not null. */
  mistake: Mistake | null
  suffix?: string
  hint?: ReactNode
  placeholder?: string
  inputRef?: Ref<HTMLInputElement>
  /** Quick picks, below. */
  children?: ReactNode
}

const LARGE = 10

/** A field for a decimal that goes up and down in steps: by its buttons, and by the arrow keys. */
export function StepperField(props: Props) {
  const { label, value, onChange, onBlur, step, start, mistake, suffix, hint, placeholder } = props
  const move = (count: number) => {
    const read = readNumber(value)
    if ('value' in read) onChange(toText(stepped(read.value, count, step)))
    else onChange(toText(start ?? step))
  }
  const press = (event: KeyboardEvent) => {
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
    if (direction === 0 || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    move(direction * (event.shiftKey ? LARGE : 1))
  }
  return (
    <div>
      <DecimalField
        label={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
        onKeyDown={press}
        error={mistake?.words ?? null}
        hint={hint}
        placeholder={placeholder}
        ref={props.inputRef}
        maxLength={100}
        suffix={
          <>
            {suffix && <span className="mr-1.5">{suffix}</span>}
            <StepButton label={`${label}: one step less`} onPress={() => move(-1)}>
              <Minus size={12} />
            </StepButton>
            <StepButton label={`${label}: one step more`} onPress={() => move(1)}>
              <Plus size={12} />
            </StepButton>
          </>
        }
      />
      {mistake?.instead && <Instead instead={mistake.instead} onTake={onChange} />}
      {props.children}
    </div>
  )
}

/** The buttons are no stops of the Tab key: the arrow keys do the same. */
function StepButton({
  label,
  onPress,
  children,
}: {
  label: string
  onPress: () => void
  children: ReactNode
}) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={label}
      title={label}
      onClick={onPress}
      className="flex size-6 items-center justify-center rounded text-muted hover:bg-hover hover:text-text"
    >
      {children}
    </button>
  )
}

/** What would be right, to be taken with a click. */
function Instead({
  instead,
  onTake,
}: {
  instead: NonNullable<Mistake['instead']>
  onTake: (text: string) => void
}) {
  return (
    <button
      type="button"
      onClick={() => onTake(toText(instead.value))}
      className="tabular mt-0.5 rounded text-accent text-xs underline-offset-2 hover:underline"
    >
      {instead.label}
    </button>
  )
}
