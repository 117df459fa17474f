/** The words that all that comes over the wire is made of, as valibot reads them into the application's own types. */
import * as v from 'valibot'
import { type Decimal, parseDecimal } from '@/wire/decimal'

declare const brand: unique symbol

/** A sequence number of the venue. */
export type Sequence = bigint & { readonly [brand]: 'sequence' }
/** The name of an instrument, such as FUN. */
export type Ticker = string & { readonly [brand]: 'ticker' }
/** Milliseconds since 1970. */
export type Milliseconds = number

export const asTicker = (text: string): Ticker => text as Ticker
export const asSequence = (value: bigint | number | string): Sequence => BigInt(value) as Sequence

export const decimal = v.pipe(
  v.union([v.number(), v.string()]),
  v.rawTransform(({ dataset, addIssue, NEVER }): Decimal => {
    const value = parseDecimal(String(dataset.value))
    if (value !== null) return value
    addIssue({ message: 'expected a decimal' })
    return NEVER
  }),
)

export const sequence = v.pipe(
  v.union([v.pipe(v.number(), v.safeInteger()), v.pipe(v.string(), v.regex(/^\d{1,30}$/))]),
  v.transform((value): Sequence => asSequence(value)),
)

export const ticker = v.pipe(v.string(), v.transform(asTicker))
export const time = v.number()
export const side = v.picklist(['buy', 'sell'])
export const status = v.picklist(['open', 'partial', 'filled', 'cancelled', 'expired'])
export const orderType = v.picklist(['limit', 'market', 'stop', 'stop_limit'])
export const timeInForce = v.picklist(['GTC', 'DAY', 'IOC', 'FOK', 'GTD'])

export type Side = v.InferOutput<typeof side>
export type OrderStatus = v.InferOutput<typeof status>
export type OrderType = v.InferOutput<typeof orderType>
export type TimeInForce = v.InferOutput<typeof timeInForce>

/** Something came over the wire that is not what the venue promises. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

/** Read what came, or raise WireError with where it is wrong. */
export function read<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  what: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new WireError(`${what}: ${v.getDotPath(issue) ?? 'it'}: ${issue.message}`)
}
