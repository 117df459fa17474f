/** How the ladder stands, remembered in this browser; and whether it is armed, which is never remembered. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { type Decimal, toText } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'

interface LadderSettings {
  readonly autoCentre: boolean
  /** The size of groups by market, as text; the step where there is none. */
  readonly groups: Readonly<Record<string, string>>
}

export const useLadderSettings = create<LadderSettings>()(
  persist((): LadderSettings => ({ autoCentre: true, groups: {} }), { name: 'crossbook.ladder' }),
)

export function setAutoCentre(autoCentre: boolean): void {
  useLadderSettings.setState({ autoCentre })
}

export function chooseUnit(ticker: Ticker, unit: Decimal): void {
  useLadderSettings.setState(({ groups }) => ({ groups: { ...groups, [ticker]: toText(unit) } }))
}

interface Arm {
  /** The one market where a click trades at once. */
  readonly ticker: Ticker | null
}

/** Off whenever the page is loaded, and for every other market. */
export const useArm = create<Arm>(() => ({ ticker: null }))

export function arm(ticker: Ticker | null): void {
  useArm.setState({ ticker })
}
