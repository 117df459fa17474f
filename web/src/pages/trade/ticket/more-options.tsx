import { clsx } from 'clsx'
import { ChevronDown } from 'lucide-react'
import { useId } from 'react'
import { Field } from '@/components/field'
import { Switch } from '@/components/switch'
import { ChoiceRow } from '@/pages/trade/ticket/choice-row'
import { useHabits } from '@/pages/trade/ticket/habits'
import { lifeOf } from '@/pages/trade/ticket/rules'
import { StepperField } from '@/pages/trade/ticket/stepper-field'
import type { Form } from '@/pages/trade/ticket/use-form'
import { LIFE_WORDS } from '@/pages/trade/ticket/words'
import type { TimeInForce } from '@/wire/reading'

const LIVES: readonly TimeInForce[] = ['GTC', 'DAY', 'IOC', 'FOK', 'GTD']

/** What is on though it is out of sight. */
function summaryOf({ ticket, fitted }: Form): string {
  const on: string[] = []
  if (ticket.type !== 'market' || fitted.timeInForce === 'FOK') on.push(fitted.timeInForce)
  if (fitted.postOnly) on.push('Post only')
  if (fitted.reduceOnly) on.push('Reduce only')
  if (fitted.displayQuantity !== '') on.push('Iceberg')
  return on.join(' · ')
}

/** The options that most orders go without. */
export function MoreOptions({ form }: { form: Form }) {
  const more = useHabits((state) => state.more)
  const id = useId()
  return (
    <div className="rounded-md border border-line">
      <button
        type="button"
        aria-expanded={more}
        aria-controls={id}
        onClick={() => useHabits.setState({ more: !more })}
        className="flex h-7 w-full items-center gap-2 px-2 text-muted text-xs hover:text-text"
      >
        More
        {!more && <span className="ml-auto truncate text-faint">{summaryOf(form)}</span>}
        <ChevronDown
          size={14}
          aria-hidden
          className={clsx('shrink-0 transition-transform', more && 'ml-auto rotate-180')}
        />
      </button>
      <div id={id} hidden={!more} className="flex flex-col gap-2.5 border-line border-t p-2">
        {more && <Options form={form} />}
      </div>
    </div>
  )
}

function Options({ form }: { form: Form }) {
  const { ticket, fitted, rules, terms, edit, left, mistakeOf } = form
  const ask = useHabits((state) => state.ask)
  const life = lifeOf(ticket)
  const excluded = rules.lives[life === 'FOK' || life === 'IOC' ? 'GTC' : 'IOC']
  return (
    <>
      <div>
        <span className="mb-1 block text-muted text-xs">Time in force</span>
        <ChoiceRow
          label="Time in force"
          value={life}
          choices={LIVES.map((value) => ({
            value,
            label: value,
            title: LIFE_WORDS[value],
            reason: rules.lives[value],
          }))}
          onChange={(timeInForce) => edit({ timeInForce })}
        />
        <p className="mt-1 text-faint text-xs">
          {LIFE_WORDS[life]}.{excluded && ` ${excluded}.`}
        </p>
      </div>
      {ticket.timeInForce === 'GTD' && fitted.timeInForce === 'GTD' && (
        <Field
          type="datetime-local"
          step={1}
          label="Good till"
          value={ticket.expiresAt}
          onChange={(event) => edit({ expiresAt: event.target.value })}
          onBlur={() => left('expiresAt')}
          error={mistakeOf('expiresAt')?.words ?? null}
        />
      )}
      {rules.display === null && (
        <StepperField
          label="Display quantity"
          value={ticket.displayQuantity}
          onChange={(displayQuantity) => edit({ displayQuantity })}
          onBlur={() => left('displayQuantity')}
          step={terms.quantity_step}
          mistake={mistakeOf('displayQuantity')}
          placeholder="All"
          hint="The book shows this much at a time."
        />
      )}
      <Option
        label="Post only"
        words="Never trades at once"
        on={fitted.postOnly}
        reason={rules.postOnly}
        onChange={(postOnly) => edit({ postOnly })}
      />
      <Option
        label="Reduce only"
        words="Never opens a position"
        on={fitted.reduceOnly}
        reason={rules.reduceOnly}
        onChange={(reduceOnly) => edit({ reduceOnly })}
      />
      {rules.display !== null && (
        <p className="text-faint text-xs">Display quantity: {lowered(rules.display)}.</p>
      )}
      <div className="border-line border-t pt-2">
        <Switch label="Ask before sending" checked={ask} onChange={(on) => useHabits.setState({ ask: on })} />
      </div>
    </>
  )
}

const lowered = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1)

interface OptionProps {
  label: string
  words: string
  on: boolean
  reason: string | null
  onChange: (on: boolean) => void
}

/** A switch, and what it does, or why it cannot be had. */
function Option({ label, words, on, reason, onChange }: OptionProps) {
  return (
    <div className="flex items-center justify-between gap-3">
      <Switch
        label={label}
        checked={on}
        onChange={onChange}
        disabled={reason !== null}
        title={reason ?? words}
      />
      <span className="min-w-0 text-right text-2xs text-faint">{reason ?? words}</span>
    </div>
  )
}
