import { expect, test } from 'vitest'
import { changedValues, fieldNamed, fieldsOf, labelOf, readForm, typedOf } from '@/lab/schema-form'

const SIZES = {
  FixedSize: {
    type: 'object',
    required: ['kind', 'lots'],
    properties: { kind: { const: 'fixed' }, lots: { type: 'integer', minimum: 1, maximum: 9 } },
  },
  PartsSize: {
    type: 'object',
    required: ['kind', 'parts'],
    properties: { kind: { const: 'parts' }, parts: { type: 'array' } },
  },
}
const SCHEMA = {
  $defs: SIZES,
  type: 'object',
  required: ['interval_ns', 'spread', 'size'],
  properties: {
    interval_ns: { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^[0-9.e-]+ ?[a-z]+$' }] },
    from_ns: {
      anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^\\d{1,2}:\\d{2}' }, { type: 'null' }],
      default: null,
    },
    spread: {
      type: 'number',
      exclusiveMinimum: 0,
      exclusiveMaximum: 2,
      description: 'From bid to ask.',
      unit: 'part',
    },
    position_lots: { type: 'integer', minimum: 0, default: 10 },
    careful: { type: 'boolean', default: false },
    size: { oneOf: [{ $ref: '#/$defs/FixedSize' }, { $ref: '#/$defs/PartsSize' }] },
  },
}
const FIELDS = fieldsOf(SCHEMA)
const VALUES = {
  interval_ns: 100_000_000,
  spread: 0.5,
  position_lots: 7,
  careful: true,
  size: { kind: 'fixed', lots: 3 },
}

test('each parameter is a field of its kind, with its unit, its help and its bounds', () => {
  expect(FIELDS.map(({ name, kind }) => [name, kind])).toEqual([
    ['interval_ns', 'duration'],
    ['from_ns', 'clock'],
    ['spread', 'number'],
    ['position_lots', 'integer'],
    ['careful', 'flag'],
    ['size', 'variant'],
  ])
  expect(FIELDS[2]).toMatchObject({
    label: 'Spread',
    unit: 'part',
    help: 'From bid to ask.',
    above: 0,
    below: 2,
  })
  expect(FIELDS[3]).toMatchObject({ label: 'Position', unit: 'lots', fallback: '10', required: false })
})

test('names are words, and their end is a unit', () => {
  expect(labelOf('wakeup_interval_us')).toEqual({ label: 'Wakeup interval', unit: 'µs' })
  expect(labelOf('lots')).toEqual({ label: 'Lots', unit: 'lots' })
})

test('what is shown can be read again as it was, and nothing has changed then', () => {
  const typed = typedOf(FIELDS, VALUES)
  expect(typed).toMatchObject({ interval_ns: '100ms', 'size.kind': 'fixed', 'size.lots': '3', from_ns: '' })
  const { values, mistakes } = readForm(FIELDS, typed)
  expect(mistakes).toEqual({})
  expect(values).toEqual({ ...VALUES, interval_ns: '100ms' })
  expect(changedValues(FIELDS, typed, typed, values)).toEqual({})
})

test('only what was typed anew is sent; a part of a size sends the whole size', () => {
  const before = typedOf(FIELDS, VALUES)
  const now = { ...before, spread: '0.25', 'size.lots': '4' }
  expect(changedValues(FIELDS, before, now, readForm(FIELDS, now).values)).toEqual({
    spread: 0.25,
    size: { kind: 'fixed', lots: 4 },
  })
})

test('what was emptied is what it is when left out', () => {
  const before = typedOf(FIELDS, { ...VALUES, from_ns: 34_200_000_000_000 })
  expect(before.from_ns).toBe('09:30:00')
  const now = { ...before, from_ns: '', position_lots: '' }
  expect(changedValues(FIELDS, before, now, readForm(FIELDS, now).values)).toEqual({
    from_ns: null,
    position_lots: 10,
  })
})

test.each([
  ['spread', '0', 'Above 0.'],
  ['spread', '2', 'Below 2.'],
  ['spread', '1,5', 'Write a number with a point, such as 0.5.'],
  ['spread', '1e999', 'This number is too large.'],
  ['spread', '', 'This is needed.'],
  ['position_lots', '1.5', 'This must be a whole number.'],
  ['position_lots', '-1', 'At least 0.'],
  ['interval_ns', '20', 'Write it with a unit, such as 100ms or 20s.'],
  ['from_ns', 'noon', 'Write a time of day, such as 09:30.'],
  ['size.lots', '10', 'At most 9.'],
])('%s of %j: %s', (path, text, words) => {
  const typed = { ...typedOf(FIELDS, VALUES), [path]: text }
  expect(readForm(FIELDS, typed).mistakes).toEqual({ [path]: words })
})

test('what no field fits is JSON', () => {
  const typed = { ...typedOf(FIELDS, VALUES), 'size.kind': 'parts', 'size.parts': '[1, 2]' }
  expect(readForm(FIELDS, typed).values.size).toEqual({ kind: 'parts', parts: [1, 2] })
  expect(readForm(FIELDS, { ...typed, 'size.parts': '[1' }).mistakes).toEqual({
    'size.parts': 'This is no JSON.',
  })
})

test('a refusal is about the field that it names first', () => {
  expect(fieldNamed('change.params.spread: Input should be less than 2', FIELDS)).toBe('spread')
  expect(fieldNamed('nobody is called makers', FIELDS)).toBeNull()
  expect(fieldNamed('the spreads are odd', FIELDS)).toBeNull()
})
