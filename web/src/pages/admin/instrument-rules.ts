/** A new instrument as it is typed, and what is wrong with it: the rules by which the venue reads its settings. */
import { formatExact } from '@/format/numbers'
import { type Decimal, isMultiple, multiply, parseDecimal, toText } from '@/wire/decimal'

/** The core's highest price, in steps. */
const PRICE_STEPS_MAX = 10_000_000n

export interface TypedInstrument {
  readonly ticker: string
  readonly name: string
  readonly initial_price: string
  readonly price_step: string
  readonly quantity_step: string
  readonly maker_fee_ppm: string
  readonly taker_fee_ppm: string
  readonly protection_ppm: string
  readonly breaker_ppm: string
}

export type FieldName = keyof TypedInstrument

/** As the venue's settings have them where nothing is said. */
export const USUAL: TypedInstrument = {
  ticker: '',
  name: '',
  initial_price: '',
  price_step: '0.01',
  quantity_step: '1',
  maker_fee_ppm: '0',
  taker_fee_ppm: '0',
  protection_ppm: '50000',
  breaker_ppm: '0',
}

export type Mistakes = Partial<Record<FieldName, string>>

type Body = Readonly<Record<string, string | number>>

function positive(text: string): Decimal | string {
  const value = parseDecimal(text)
  if (value === null) return 'Enter a number.'
  return value > 0n ? value : 'It must be above zero.'
}

/** Parts per million within bounds, or what is wrong. */
function parts(text: string, least: number, most: number): number | string {
  if (!/^[+-]?\d{1,7}$/.test(text.trim())) return 'Enter a whole number.'
  const value = Number(text)
  if (value >= least && value <= most) return value
  const said = (bound: number) => bound.toLocaleString('en-GB').replace('-', '\u2212')
  return `From ${said(least)} to ${said(most)}.`
}

/** Read the form; the body is null where something is wrong. */
export function readInstrument(
  typed: TypedInstrument,
  cashStep: Decimal,
  listed: ReadonlySet<string>,
): { body: Body | null; mistakes: Mistakes } {
  const mistakes: Mistakes = {}
  const body: Record<string, string | number> = { ticker: typed.ticker.trim(), name: typed.name.trim() }

  const decimals: Partial<Record<FieldName, Decimal>> = {}
  for (const name of ['initial_price', 'price_step', 'quantity_step'] as const) {
    const value = positive(typed[name])
    if (typeof value === 'string') mistakes[name] = value
    else {
      decimals[name] = value
      body[name] = toText(value)
    }
  }
  const bounds = {
    maker_fee_ppm: [-100_000, 100_000],
    taker_fee_ppm: [0, 100_000],
    protection_ppm: [0, 1_000_000],
    breaker_ppm: [0, 1_000_000],
  } as const
  for (const name of ['maker_fee_ppm', 'taker_fee_ppm', 'protection_ppm', 'breaker_ppm'] as const) {
    const [least, most] = bounds[name]
    const value = parts(typed[name], least, most)
    if (typeof value === 'string') mistakes[name] = value
    else body[name] = value
  }
  const wrong: Mistakes = {
    ...tickerMistake(typed.ticker.trim(), listed),
    ...together(decimals, body, cashStep),
    ...mistakes,
  }
  return { body: Object.keys(wrong).length === 0 ? body : null, mistakes: wrong }
}

function tickerMistake(ticker: string, listed: ReadonlySet<string>): Mistakes {
  if (ticker === '') return { ticker: 'Enter a ticker.' }
  if (!/^[A-Z]/.test(ticker)) return { ticker: 'Begin with a capital letter.' }
  if (!/^[A-Z0-9._-]+$/.test(ticker)) return { ticker: 'Use capitals, digits, dots, dashes, underscores.' }
  if (ticker.length > 16) return { ticker: 'Use at most 16 characters.' }
  return listed.has(ticker) ? { ticker: `${ticker} is listed already.` } : {}
}

/** What does not fit together, though each is right by itself. */
function together(decimals: Partial<Record<FieldName, Decimal>>, body: Body, cashStep: Decimal): Mistakes {
  const mistakes: Mistakes = {}
  const { initial_price: price, price_step: step, quantity_step: lot } = decimals
  if (price && step) {
    if (!isMultiple(price, step))
      mistakes.initial_price = `Must be a multiple of the price step, ${formatExact(step)}.`
    else if (price / step > PRICE_STEPS_MAX)
      mistakes.initial_price = 'Too many price steps: at most 10,000,000.'
  }
  // A product that is finer than what is kept here is no multiple of anything that is.
  if (step && lot && (!isMultiple(multiply(step, lot), cashStep) || (step * lot) % 10n ** 18n !== 0n)) {
    mistakes.price_step = `A step of the smallest quantity must be a multiple of ${formatExact(cashStep)} in cash.`
  }
  if (Number(body.maker_fee_ppm) + Number(body.taker_fee_ppm) < 0) {
    mistakes.maker_fee_ppm = 'The rebate is more than the taker pays.'
  }
  return mistakes
}

/** Parts per million as per cent: 250 is 0.025%. */
export function ppmWords(text: string): string | null {
  if (!/^[+-]?\d{1,7}$/.test(text.trim())) return null
  return `${(Number(text) / 10_000).toString().replace('-', '\u2212')}%`
}
