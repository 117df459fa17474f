/** What an account is made of, by size: cash, what is in escrow, and its holdings. */
import { type Summary, WHOLE, weightsOf } from '@/pages/portfolio/summary'
import { add, type Decimal, ZERO } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'

export interface Part {
  readonly name: string
  /** Of what kind: `others` are the smallest holdings together. */
  readonly kind: 'cash' | 'escrow' | 'holding' | 'others'
  readonly ticker: Ticker | null
  readonly value: Decimal
  /** In hundredths of a per cent; those of all parts add to the whole. */
  readonly weight: number
}

/** Holdings that stand for themselves. */
export const HOLDINGS_MAX = 8

/** The parts that are worth something, largest holding first, with weights that add to 100 %. */
export function partsOf(summary: Summary): readonly Part[] {
  const held = summary.positions
    .filter((position) => position.value > 0n)
    .toSorted((a, b) => (a.value < b.value ? 1 : a.value > b.value ? -1 : 0))
  const others = held.slice(HOLDINGS_MAX).reduce((sum, position) => add(sum, position.value), ZERO)
  const parts: Omit<Part, 'weight'>[] = [
    { name: 'Cash', kind: 'cash' as const, ticker: null, value: summary.cash },
    { name: 'In escrow', kind: 'escrow' as const, ticker: null, value: summary.escrow },
    ...held.slice(0, HOLDINGS_MAX).map(({ ticker, value }) => ({
      name: ticker,
      kind: 'holding' as const,
      ticker,
      value,
    })),
    { name: 'Others', kind: 'others' as const, ticker: null, value: others },
  ].filter((part) => part.value > 0n)
  const weights = weightsOf(parts.map((part) => part.value))
  return parts.map((part, place) => ({ ...part, weight: weights[place] ?? 0 }))
}

/** How wide a part is drawn. */
export const widthOf = (part: Part): string => `${(part.weight / WHOLE) * 100}%`
