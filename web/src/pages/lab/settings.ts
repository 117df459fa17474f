/** How the lab is looked at: remembered in this browser. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { FRAMES, type Frame } from '@/lab/frames'
import type { StepSize } from '@/lab/steer'
import type { Style } from '@/trading/price-chart'

export const STEPS = {
  step: { words: '1 step', size: { steps: 1 } },
  steps: { words: '1,000 steps', size: { steps: 1_000 } },
  second: { words: '1 second', size: { seconds: 1 } },
  minute: { words: '1 minute', size: { seconds: 60 } },
  hour: { words: '1 hour', size: { seconds: 3_600 } },
} as const satisfies Readonly<Record<string, { words: string; size: StepSize }>>
export type StepName = keyof typeof STEPS

export interface LabSettings {
  /** The frame that somebody chose; null for one that suits the speed. */
  readonly frame: Frame | null
  readonly style: Style
  /** Whether the tape is shown. Nothing of it is asked for while it is not. */
  readonly tape: boolean
  readonly step: StepName
}

const FIRST: LabSettings = { frame: null, style: 'candles', tape: true, step: 'second' }

/** What was kept, as far as it still means something. */
function merged(kept: unknown, first: LabSettings): LabSettings {
  const { frame, style, tape, step } = (kept ?? {}) as Partial<LabSettings>
  return {
    frame: FRAMES.find((known) => known === frame) ?? null,
    style: style === 'line' ? 'line' : first.style,
    tape: tape !== false,
    step: step !== undefined && Object.hasOwn(STEPS, step) ? step : first.step,
  }
}

export const useLabSettings = create<LabSettings>()(
  persist((): LabSettings => FIRST, { name: 'crossbook.lab', merge: merged }),
)
