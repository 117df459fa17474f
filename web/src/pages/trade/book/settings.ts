/** How the book is looked at, remembered in this browser. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { type Decimal, toText } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'

export type Sides = 'both' | 'bids' | 'asks'
export type Bars = 'total' | 'size'

interface BookSettings {
  readonly sides: Sides
  readonly bars: Bars
  /** The size of groups by market, as text; the step where there is none. */
  readonly groups: Readonly<Record<string, string>>
}

export const useBookSettings = create<BookSettings>()(
  persist((): BookSettings => ({ sides: 'both', bars: 'total', groups: {} }), { name: 'crossbook.book' }),
)

export function chooseSides(sides: Sides): void {
  useBookSettings.setState({ sides })
}

export function chooseBars(bars: Bars): void {
  useBookSettings.setState({ bars })
}

export function chooseGroup(ticker: Ticker, size: Decimal): void {
  useBookSettings.setState(({ groups }) => ({ groups: { ...groups, [ticker]: toText(size) } }))
}
