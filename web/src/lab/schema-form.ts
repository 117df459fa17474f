/**
 * A form from a JSON schema: the parameters of agents, as fields that somebody types into. What is typed is kept as text by
 * the path of its field, such as `size.lots`, and read when it is wanted; what no field fits is written as JSON. Pure.
 */

import { words } from '@/format/words'
import { clockText, durationText, isClock, isDuration } from '@/lab/durations'
import { readJson } from '@/lab/json'

export type Schema = Readonly<Record<string, unknown>>

interface FieldBase {
  /** In the object that it belongs to. */
  readonly name: string
  readonly label: string
  readonly help: string
  readonly unit: string
  readonly required: boolean
  /** What it is when left out, as text; empty where there is nothing. */
  readonly fallback: string
}

export interface NumberField extends FieldBase {
  readonly kind: 'number' | 'integer'
  readonly least: number | null
  readonly above: number | null
  readonly most: number | null
  readonly below: number | null
}
export interface TextField extends FieldBase {
  readonly kind: 'flag' | 'duration' | 'clock' | 'text' | 'json'
}
export interface ChoiceField extends FieldBase {
  readonly kind: 'choice'
  readonly choices: readonly string[]
}
/** One of several objects, told apart by a key of theirs. */
export interface VariantField extends FieldBase {
  readonly kind: 'variant'
  readonly tag: string
  readonly variants: readonly { readonly value: string; readonly fields: readonly FormField[] }[]
}
export type FormField = NumberField | TextField | ChoiceField | VariantField

/** Text by the path of its field. */
export type Typed = Readonly<Record<string, string>>
export type Values = Readonly<Record<string, unknown>>

const DEPTH_MAX = 3

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textIn = (schema: Schema, key: string): string => {
  const value = schema[key]
  return typeof value === 'string' ? value : ''
}
const numberIn = (schema: Schema, key: string): number | null => {
  const value = schema[key]
  return typeof value === 'number' ? value : null
}

/** A schema with its reference followed. */
function followed(schema: unknown, root: Schema): Schema {
  let here = isObject(schema) ? schema : {}
  for (let hops = 0; hops < 8; hops += 1) {
    const reference = textIn(here, '$ref')
    if (reference === '') return here
    let target: unknown = root
    for (const part of reference.replace(/^#\//, '').split('/')) {
      target = isObject(target) ? target[part] : undefined
    }
    const { $ref: _, ...beside } = here
    here = isObject(target) ? { ...target, ...beside } : beside
  }
  return here
}

function optionsOf(schema: Schema, root: Schema): readonly Schema[] {
  const options = schema.anyOf ?? schema.oneOf
  if (!Array.isArray(options)) return []
  return options
    .map((option) => followed(option, root))
    .flatMap((option) => {
      const inner = optionsOf(option, root)
      return inner.length > 0 ? inner : [option]
    })
}

const ENDS: Readonly<Record<string, string>> = {
  ns: '',
  us: 'µs',
  ms: 'ms',
  seconds: 's',
  lots: 'lots',
  ticks: 'ticks',
  ppm: 'ppm',
}

/** What a field is called, and what it counts in: `position_lots` is a position in lots. */
export function labelOf(name: string): { label: string; unit: string } {
  const match = /^(.+)_(ns|us|ms|seconds|lots|ticks|ppm)$/.exec(name)
  const unit = ENDS[match?.[2] ?? name] ?? ''
  return { label: words(match?.[1] ?? name), unit }
}

/** What stands behind a field. A duration is written with its unit, and a plain number has none. */
const unitOf = (unit: string, kind: string): string =>
  kind === 'duration' || kind === 'clock' || unit === 'probability' || unit === '1' ? '' : unit

const tagOf = (options: readonly Schema[]): string | null => {
  const [first] = options
  if (!first || options.length < 2) return null
  const isTag = (key: string) =>
    options.every((option) => {
      const property = isObject(option.properties) ? option.properties[key] : undefined
      return isObject(property) && typeof property.const === 'string'
    })
  return Object.keys(isObject(first.properties) ? first.properties : {}).find(isTag) ?? null
}

function shapeOf(schema: Schema, root: Schema, depth: number) {
  const options = optionsOf(schema, root).filter((option) => option.type !== 'null')
  const tag = tagOf(options)
  if (tag !== null && depth < DEPTH_MAX) {
    const variants = options.map((option) => {
      const properties = isObject(option.properties) ? option.properties : {}
      const named = properties[tag]
      return {
        value: isObject(named) ? textIn(named, 'const') : '',
        fields: fieldsIn(option, root, depth + 1).filter((field) => field.name !== tag),
      }
    })
    return { kind: 'variant', tag, variants } as const
  }
  const patterns = options.map((option) => textIn(option, 'pattern')).join()
  if (
    options.some((option) => option.type === 'integer') &&
    options.some((option) => option.type === 'string')
  ) {
    return { kind: patterns.includes(':') ? 'clock' : 'duration' } as const
  }
  const [only] = options
  const plain = options.length === 1 && only ? only : schema
  if (Array.isArray(plain.enum) && plain.enum.every((choice) => typeof choice === 'string')) {
    return { kind: 'choice', choices: plain.enum as string[] } as const
  }
  switch (plain.type) {
    case 'integer':
    case 'number':
      return {
        kind: plain.type,
        least: numberIn(plain, 'minimum'),
        above: numberIn(plain, 'exclusiveMinimum'),
        most: numberIn(plain, 'maximum'),
        below: numberIn(plain, 'exclusiveMaximum'),
      } as const
    case 'boolean':
      return { kind: 'flag' } as const
    case 'string':
      return { kind: 'text' } as const
    default:
      return { kind: 'json' } as const
  }
}

function fieldsIn(schema: Schema, root: Schema, depth: number): FormField[] {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const demanded = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(properties).map(([name, raw]): FormField => {
    const property = followed(raw, root)
    const { label, unit } = labelOf(name)
    const shape = shapeOf(property, root, depth)
    const base = {
      name,
      label,
      unit: unitOf(textIn(property, 'unit') || unit, shape.kind),
      help: textIn(property, 'description'),
      required: demanded.includes(name),
    }
    const fallback = textOf(shape.kind, property.default)
    return { ...base, ...shape, fallback } as FormField
  })
}

/** The fields of an object's schema, in its order. */
export const fieldsOf = (schema: Schema): FormField[] => fieldsIn(followed(schema, schema), schema, 0)

function textOf(kind: FormField['kind'], value: unknown): string {
  if (value === undefined || value === null) return ''
  if (kind === 'duration' && typeof value === 'number') return durationText(value)
  if (kind === 'clock' && typeof value === 'number') return clockText(value)
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

/** What stands in the fields for values; where one is missing, what it is when left out. */
export function typedOf(fields: readonly FormField[], values: Values, path = ''): Typed {
  const typed: Record<string, string> = {}
  for (const field of fields) {
    const at = path + field.name
    const value = values[field.name]
    if (field.kind !== 'variant') {
      typed[at] = value === undefined ? field.fallback : textOf(field.kind, value)
      continue
    }
    const object = isObject(value)
      ? value
      : isObject(parsed(field.fallback))
        ? (parsed(field.fallback) as Schema)
        : {}
    const tag = textIn(object, field.tag) || (field.required ? (field.variants[0]?.value ?? '') : '')
    typed[`${at}.${field.tag}`] = tag
    const variant = field.variants.find((one) => one.value === tag)
    if (variant) Object.assign(typed, typedOf(variant.fields, object, `${at}.`))
  }
  return typed
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : readJson(text)
  } catch {
    return undefined
  }
}

type Outcome = { readonly value: unknown } | { readonly mistake: string }

const figure = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 15 })

function readNumberField(field: NumberField, text: string): Outcome {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    return { mistake: 'Write a number with a point, such as 0.5.' }
  }
  const value = Number(text)
  if (!Number.isFinite(value)) return { mistake: 'This number is too large.' }
  if (field.kind === 'integer' && !Number.isSafeInteger(value))
    return { mistake: 'This must be a whole number.' }
  if (field.least !== null && value < field.least) return { mistake: `At least ${figure(field.least)}.` }
  if (field.above !== null && value <= field.above) return { mistake: `Above ${figure(field.above)}.` }
  if (field.most !== null && value > field.most) return { mistake: `At most ${figure(field.most)}.` }
  if (field.below !== null && value >= field.below) return { mistake: `Below ${figure(field.below)}.` }
  return { value }
}

function readJsonField(text: string): Outcome {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return { mistake: 'This is no JSON.' }
  }
}

function readField(field: Exclude<FormField, VariantField>, text: string): Outcome {
  switch (field.kind) {
    case 'number':
    case 'integer':
      return readNumberField(field, text)
    case 'flag':
      return { value: text === 'true' }
    case 'duration':
      if (text === '0') return { value: 0 }
      return isDuration(text) ? { value: text } : { mistake: 'Write it with a unit, such as 100ms or 20s.' }
    case 'clock':
      return isClock(text) ? { value: text } : { mistake: 'Write a time of day, such as 09:30.' }
    case 'json':
      return readJsonField(text)
    default:
      return { value: text }
  }
}

export interface ReadForm {
  readonly values: Values
  /** What is wrong, by the path of its field. */
  readonly mistakes: Typed
}

/** Read all fields. Those that are empty and may be are left out. */
export function readForm(fields: readonly FormField[], typed: Typed, path = ''): ReadForm {
  const values: Record<string, unknown> = {}
  const mistakes: Record<string, string> = {}
  for (const field of fields) {
    const at = path + field.name
    if (field.kind === 'variant') {
      const tag = typed[`${at}.${field.tag}`] ?? ''
      const variant = field.variants.find((one) => one.value === tag)
      if (!variant) {
        if (field.required) mistakes[at] = 'Choose one.'
        continue
      }
      const inner = readForm(variant.fields, typed, `${at}.`)
      values[field.name] = { [field.tag]: tag, ...inner.values }
      Object.assign(mistakes, inner.mistakes)
      continue
    }
    const text = (typed[at] ?? '').trim()
    if (text === '') {
      if (field.required) mistakes[at] = 'This is needed.'
      continue
    }
    const outcome = readField(field, text)
    if ('mistake' in outcome) mistakes[at] = outcome.mistake
    else values[field.name] = outcome.value
  }
  return { values, mistakes }
}

/** The values whose text is another one than at the beginning; one that was emptied is what it is when left out. */
export function changedValues(
  fields: readonly FormField[],
  before: Typed,
  now: Typed,
  values: Values,
): Values {
  const changed: Record<string, unknown> = {}
  for (const field of fields) {
    const mine = (path: string) => path === field.name || path.startsWith(`${field.name}.`)
    const paths = new Set([...Object.keys(before), ...Object.keys(now)].filter(mine))
    const same = [...paths].every((path) => (before[path] ?? '').trim() === (now[path] ?? '').trim())
    if (!same) changed[field.name] = values[field.name] ?? parsed(field.fallback) ?? null
  }
  return changed
}

/** The path of the field that a refusal is about; null where it names none. */
export function fieldNamed(refusal: string, fields: readonly FormField[]): string | null {
  const named = fields
    .map((field) => ({
      name: field.name,
      place: refusal.search(new RegExp(`(?<![\\w])${field.name}(?![\\w])`)),
    }))
    .filter(({ place }) => place >= 0)
    .sort((a, b) => a.place - b.place || b.name.length - a.name.length)
  return named[0]?.name ?? null
}
