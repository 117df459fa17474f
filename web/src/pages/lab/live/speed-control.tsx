import { clsx } from 'clsx'
import { Popover } from 'radix-ui'
import { type FormEvent, useState } from 'react'
import { Button } from '@/components/button'
import { Field } from '@/components/field'
import { QUICK_SPEEDS, readSpeed, speedWords } from '@/lab/speeds'
import { setSpeed } from '@/lab/steer'
import { steered } from '@/pages/lab/act'

interface Props {
  speed: number
  disabled: boolean
}

const ITEM =
  'flex h-7 items-center justify-center whitespace-nowrap rounded-[5px] px-2 font-medium text-muted text-xs transition-colors hover:text-text disabled:opacity-50 disabled:hover:text-muted'
const CHOSEN = 'bg-raised text-text! shadow-sm ring-1 ring-line-strong disabled:opacity-100'

const titleOf = (speed: number): string =>
  speed === 0
    ? 'As fast as it goes'
    : `${speedWords(speed)}: ${speed.toLocaleString('en')} simulated seconds a second`

/** How fast simulated time goes: a few speeds by button, any other by typing. */
export function SpeedControl({ speed, disabled }: Props) {
  const quick = (QUICK_SPEEDS as readonly number[]).includes(speed)
  return (
    <div
      role="group"
      aria-label="Speed"
      className="inline-flex rounded-md bg-well p-0.5 ring-1 ring-line ring-inset max-sm:order-last max-sm:w-full max-sm:*:flex-1"
    >
      {QUICK_SPEEDS.map((choice) => (
        <button
          key={choice}
          type="button"
          aria-pressed={choice === speed}
          disabled={disabled}
          title={titleOf(choice)}
          onClick={() => void steered(setSpeed(choice), `Speed ${speedWords(choice)}`)}
          className={clsx(ITEM, choice === speed && CHOSEN)}
        >
          {speedWords(choice)}
        </button>
      ))}
      <OtherSpeed speed={speed} chosen={!quick} disabled={disabled} />
    </div>
  )
}

function OtherSpeed({ speed, chosen, disabled }: Props & { chosen: boolean }) {
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const [mistake, setMistake] = useState<string | null>(null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const read = readSpeed(text)
    if ('mistake' in read) {
      setMistake(read.mistake)
      return
    }
    setOpen(false)
    void steered(setSpeed(read.speed), `Speed ${speedWords(read.speed)}`)
  }
  return (
    <Popover.Root
      open={open}
      onOpenChange={(now) => {
        setOpen(now)
        setText('')
        setMistake(null)
      }}
    >
      <Popover.Trigger
        disabled={disabled}
        aria-label={chosen ? `Speed ${speedWords(speed)}: another one` : 'Another speed'}
        title="Another speed"
        className={clsx(ITEM, 'tabular min-w-8', chosen && CHOSEN)}
      >
        {chosen ? speedWords(speed) : '…'}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          className="z-50 w-56 animate-rise rounded-lg border border-line bg-raised p-3 shadow-float"
        >
          <form onSubmit={submit} noValidate className="flex items-start gap-2">
            <Field
              label="Simulated seconds a second"
              value={text}
              onChange={(event) => {
                setText(event.target.value)
                setMistake(null)
              }}
              inputMode="decimal"
              placeholder={speedWords(speed)}
              error={mistake}
              hint="From 0.01 to 1,000,000, or max"
              className="flex-1"
            />
            <Button type="submit" tone="accent" className="mt-5">
              Set
            </Button>
          </form>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
