import { clsx } from 'clsx'
import { ChartCandlestick, ChartLine, MoveHorizontal } from 'lucide-react'
import type { ReactNode } from 'react'
import { Segmented } from '@/components/segmented'
import { changeChart, useChartSettings } from '@/pages/trade/chart/settings'
import { INTERVALS, type Interval } from '@/wire/api'

const WORDS: Readonly<Record<Interval, string>> = {
  '1s': '1 second',
  '1m': '1 minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '1h': '1 hour',
  '1d': '1 day',
}
export const intervalWords = (interval: Interval): string => WORDS[interval]

const CHOICES = INTERVALS.map((value, place) => ({
  value,
  label: value,
  title: `${WORDS[value]} (Alt+${place + 1})`,
}))

interface ToggleProps {
  label: string
  keys: string
  pressed?: boolean
  onClick: () => void
  children: ReactNode
}

function Tool({ label, keys, pressed, onClick, children }: ToggleProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      aria-label={label}
      aria-pressed={pressed}
      title={`${label} (${keys})`}
      className={clsx(
        'inline-flex h-6 min-w-6 items-center justify-center rounded-md px-1.5 font-medium text-xs transition-colors hover:bg-hover hover:text-text',
        pressed ? 'bg-accent-soft text-accent' : 'text-muted',
      )}
    >
      {children}
    </button>
  )
}

/** How the chart is looked at. */
export function Toolbar({ onFit }: { onFit: () => void }) {
  const { interval, style, logarithmic } = useChartSettings()
  return (
    <div className="flex h-8 shrink-0 items-center gap-1 border-line border-b px-1.5">
      <Segmented
        label="Interval"
        value={interval}
        choices={CHOICES}
        onChange={(chosen) => changeChart({ interval: chosen })}
      />
      <div className="ml-auto flex items-center gap-0.5">
        <Tool
          label={style === 'line' ? 'Show candles' : 'Show a line'}
          keys="Alt+C"
          onClick={() => changeChart({ style: style === 'line' ? 'candles' : 'line' })}
        >
          {style === 'line' ? <ChartCandlestick size={14} /> : <ChartLine size={14} />}
        </Tool>
        <Tool
          label="Logarithmic prices"
          keys="Alt+L"
          pressed={logarithmic}
          onClick={() => changeChart({ logarithmic: !logarithmic })}
        >
          Log
        </Tool>
        <Tool label="Fit everything" keys="Alt+A" onClick={onFit}>
          <MoveHorizontal size={14} />
        </Tool>
      </div>
    </div>
  )
}
