import { clsx } from 'clsx'
import { useId } from 'react'
import { DecimalField, Field } from '@/components/field'
import { Select } from '@/components/select'
import { Switch } from '@/components/switch'
import { words } from '@/format/words'
import { type ChoiceField, type FormField, type Typed, typedOf, type VariantField } from '@/lab/schema-form'

interface Props {
  fields: readonly FormField[]
  typed: Typed
  onChange: (typed: Typed) => void
  mistakes: Typed
  disabled: boolean
  /** Before the names of these fields. */
  path?: string
}

interface OneProps<One extends FormField> extends Omit<Props, 'fields' | 'path'> {
  field: One
  /** The path of the field. */
  at: string
}

/** A choice has no empty value. */
const LEFT_OUT = '*'

const write = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 15 })

function boundsOf(field: FormField): string {
  if (field.kind !== 'number' && field.kind !== 'integer') return ''
  const low = field.least ?? field.above
  const high = field.most ?? field.below
  if (low !== null && high !== null) return `${write(low)} to ${write(high)}`
  if (low !== null) return field.above === null ? `${write(low)} or more` : `above ${write(low)}`
  return high === null ? '' : `${write(high)} or less`
}

function hintOf(field: FormField): string {
  const help = field.help.replace(/\s+/g, ' ').trim()
  const bounds = boundsOf(field)
  if (help === '') return bounds
  return bounds === '' ? help : `${help}${/[.;]$/.test(help) ? '' : '.'} ${words(bounds)}.`
}

const labelOf = (field: FormField): string =>
  field.required || field.fallback !== '' ? field.label : `${field.label} (optional)`

function FlagParameter({ field, at, typed, onChange, disabled }: OneProps<FormField>) {
  return (
    <div>
      <Switch
        label={field.label}
        checked={typed[at] === 'true'}
        onChange={(on) => onChange({ ...typed, [at]: String(on) })}
        disabled={disabled}
      />
      {field.help && <p className="mt-1 text-faint text-xs">{field.help}</p>}
    </div>
  )
}

function ChoiceParameter({ field, at, typed, onChange, disabled }: OneProps<ChoiceField>) {
  const choices = field.choices.map((value) => ({ value, label: words(value) }))
  return (
    <Select
      label={labelOf(field)}
      value={typed[at] || LEFT_OUT}
      choices={field.required ? choices : [{ value: LEFT_OUT, label: 'Left out' }, ...choices]}
      onChange={(value) => onChange({ ...typed, [at]: value === LEFT_OUT ? '' : value })}
      disabled={disabled}
    />
  )
}

/** One of several kinds, each with parameters of its own: the size of an order. */
function VariantParameter({ field, at, typed, onChange, mistakes, disabled }: OneProps<VariantField>) {
  const tagAt = `${at}.${field.tag}`
  const variant = field.variants.find((one) => one.value === typed[tagAt])
  const choose = (value: string) => {
    const chosen = field.variants.find((one) => one.value === value)
    onChange({
      ...typed,
      [tagAt]: chosen ? value : '',
      ...(chosen ? typedOf(chosen.fields, {}, `${at}.`) : {}),
    })
  }
  const wrong = mistakes[at]
  return (
    <fieldset className="rounded-md border border-line p-2.5">
      <legend className="px-1 text-muted text-xs">{labelOf(field)}</legend>
      <div className="flex flex-col gap-3">
        <Select
          label={`Kind of ${field.label.toLowerCase()}`}
          labelHidden
          value={typed[tagAt] || LEFT_OUT}
          choices={[
            ...(field.required ? [] : [{ value: LEFT_OUT, label: 'Left out' }]),
            ...field.variants.map(({ value }) => ({ value, label: words(value) })),
          ]}
          onChange={choose}
          disabled={disabled}
        />
        {variant && variant.fields.length > 0 && (
          <ParameterFields
            fields={variant.fields}
            typed={typed}
            onChange={onChange}
            mistakes={mistakes}
            disabled={disabled}
            path={`${at}.`}
          />
        )}
        {(wrong ?? field.help) && (
          <p className={wrong ? 'text-down text-xs' : 'text-faint text-xs'}>{wrong ?? field.help}</p>
        )}
      </div>
    </fieldset>
  )
}

function PlainParameter({ field, at, typed, onChange, mistakes, disabled }: OneProps<FormField>) {
  const Input = field.kind === 'number' || field.kind === 'integer' ? DecimalField : Field
  return (
    <Input
      label={labelOf(field)}
      value={typed[at] ?? ''}
      onChange={(event) => onChange({ ...typed, [at]: event.target.value })}
      suffix={field.unit || undefined}
      hint={hintOf(field) || undefined}
      error={mistakes[at] ?? null}
      placeholder={field.fallback === '' ? undefined : field.fallback}
      disabled={disabled}
    />
  )
}

/** What is too deep for fields, as JSON. */
function JsonParameter({ field, at, typed, onChange, mistakes, disabled }: OneProps<FormField>) {
  const id = useId()
  const wrong = mistakes[at]
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-muted text-xs">
        {labelOf(field)}
      </label>
      <textarea
        id={id}
        rows={5}
        value={typed[at] ?? ''}
        onChange={(event) => onChange({ ...typed, [at]: event.target.value })}
        disabled={disabled}
        spellCheck={false}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={`${id}-below`}
        className={clsx(
          'block w-full resize-y break-all rounded-md border bg-well px-2.5 py-1.5 font-mono text-xs outline-none disabled:opacity-50',
          'focus:border-accent focus:ring-1 focus:ring-accent',
          wrong ? 'border-down' : 'border-line-strong',
        )}
      />
      <p
        id={`${id}-below`}
        role={wrong ? 'alert' : undefined}
        className={wrong ? 'mt-1 text-down text-xs' : 'mt-1 text-faint text-xs'}
      >
        {wrong ?? (hintOf(field) || 'As JSON')}
      </p>
    </div>
  )
}

/** Parameters as fields, each with its unit and what it means. */
export function ParameterFields({ fields, path = '', ...rest }: Props) {
  return fields.map((field) => {
    const at = path + field.name
    switch (field.kind) {
      case 'flag':
        return <FlagParameter key={at} field={field} at={at} {...rest} />
      case 'choice':
        return <ChoiceParameter key={at} field={field} at={at} {...rest} />
      case 'variant':
        return <VariantParameter key={at} field={field} at={at} {...rest} />
      case 'json':
        return <JsonParameter key={at} field={field} at={at} {...rest} />
      default:
        return <PlainParameter key={at} field={field} at={at} {...rest} />
    }
  })
}
