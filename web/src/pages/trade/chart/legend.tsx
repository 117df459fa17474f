import { clsx } from 'clsx'
import { memo } from 'react'
import { formatExact, formatPercent, formatStep } from '@/format/numbers'
import { type FillMark, markWords } from '@/pages/trade/chart/own'
import { candleTime } from '@/pages/trade/chart/time-axis'
import type { Interval } from '@/wire/api'
import { type Decimal, subtract, toNumber } from '@/wire/decimal'
import type { Candle } from '@/wire/views'

interface Props {
  readonly candle: Candle
  /** The close before it; its own open where it is the first. */
  readonly from: Decimal
  readonly step: Decimal
  readonly interval: Interval
  /** Own fills within it. */
  readonly marks: readonly FillMark[]
}

const changeOf = ({ from, candle }: Pick<Props, 'from' | 'candle'>): number =>
  from === 0n ? 0 : toNumber(subtract(candle.close, from)) / toNumber(from)

/** A candle in words, for who does not see it. */
export function candleWords({ candle, from, step, interval }: Omit<Props, 'marks'>): string {
  const price = (value: Decimal) => formatStep(value, step)
  return (
    `${candleTime(candle.timestamp, interval)}: open ${price(candle.open)}, high ${price(candle.high)}, ` +
    `low ${price(candle.low)}, close ${price(candle.close)}, change ${formatPercent(changeOf({ from, candle }))}, ` +
    `volume ${formatExact(candle.volume)}`
  )
}

/** What the candle under the crosshair says, or the newest. */
export const Legend = memo(function Legend({ candle, from, step, interval, marks }: Props) {
  const change = changeOf({ from, candle })
  const tone = candle.close < candle.open ? 'text-down' : 'text-up'
  const price = (value: Decimal) => formatStep(value, step)
  return (
    <div className="tabular flex flex-wrap gap-x-2.5 text-2xs leading-4" aria-hidden>
      <span className="flex gap-x-2 whitespace-nowrap">
        <Figure name="O" value={price(candle.open)} tone={tone} />
        <Figure name="H" value={price(candle.high)} tone={tone} />
        <Figure name="L" value={price(candle.low)} tone={tone} />
        <Figure name="C" value={price(candle.close)} tone={tone} />
      </span>
      <span className="flex gap-x-2 whitespace-nowrap">
        <span className={change < 0 ? 'text-down' : change > 0 ? 'text-up' : 'text-muted'}>
          {formatPercent(change)}
        </span>
        <Figure name="Vol" value={formatExact(candle.volume)} tone="text-text" />
      </span>
      <span className="whitespace-nowrap text-faint">{candleTime(candle.timestamp, interval)}</span>
      {marks.map((mark) => (
        <span
          key={mark.side}
          className={clsx('whitespace-nowrap font-medium', mark.side === 'buy' ? 'text-up' : 'text-down')}
        >
          {markWords(mark, step)}
        </span>
      ))}
    </div>
  )
})

function Figure({ name, value, tone }: { name: string; value: string; tone: string }) {
  return (
    <span>
      <span className="mr-0.5 text-faint">{name}</span>
      <span className={tone}>{value}</span>
    </span>
  )
}
