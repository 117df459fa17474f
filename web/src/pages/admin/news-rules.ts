/** News as they are typed, and what is wrong with them. */
import { absolute, type Decimal, decimalOf, parseDecimal, toText } from '@/wire/decimal'

export const NEWS_LENGTH_MAX = 280
const IMPACT_PERCENT_MAX = decimalOf(50)

/** What Python calls not printable: controls, formats, separators but the space. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u

export interface TypedNews {
  readonly text: string
  /** Empty for the whole venue. */
  readonly ticker: string
  /** In per cent; empty for none. */
  readonly impact: string
}

export interface NewsWanted {
  readonly text: string
  readonly ticker?: string
  /** As a part: 0.05 is five per cent. */
  readonly impact?: number
}

export const newsLength = (text: string): number => [...text.trim()].length

export function textMistake(text: string): string | null {
  const length = newsLength(text)
  if (length === 0) return 'Write what there is to tell.'
  if (length > NEWS_LENGTH_MAX) return `Shorten it by ${length - NEWS_LENGTH_MAX}.`
  if (UNPRINTABLE.test(text.trim())) return 'It must be one line of printable characters.'
  return null
}

export function impactMistake(text: string): string | null {
  if (text.trim() === '') return null
  const percent = parseDecimal(text)
  if (percent === null) return 'Enter a number.'
  return absolute(percent) > IMPACT_PERCENT_MAX ? 'From \u221250 to 50 per cent.' : null
}

/** A percentage as a part of one. */
const partOf = (percent: Decimal): number => Number(toText((percent / 100n) as Decimal))

/** What the venue is sent; null where something is wrong. News about no instrument move the worth of none. */
export function readNews(typed: TypedNews): NewsWanted | null {
  if (textMistake(typed.text)) return null
  const text = typed.text.trim()
  if (typed.ticker === '') return { text }
  if (impactMistake(typed.impact)) return null
  const percent = typed.impact.trim() === '' ? null : parseDecimal(typed.impact)
  return { text, ticker: typed.ticker, ...(percent === null ? {} : { impact: partOf(percent) }) }
}
