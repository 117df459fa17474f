import { clsx } from 'clsx'
import { Link } from 'wouter'
import { formatStep } from '@/format/numbers'
import { formatFull, formatWhen } from '@/format/times'
import { useSteps } from '@/pages/trade/blotter/instruments-context'
import type { Decimal } from '@/wire/decimal'
import type { Side, Ticker } from '@/wire/reading'

/** A time, with the day where it is another one; in full in its tooltip. */
export function When({ ms }: { ms: number }) {
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatFull(ms)} className="tabular text-muted">
      {formatWhen(ms, Date.now())}
    </time>
  )
}

export function Market({ ticker }: { ticker: Ticker }) {
  return (
    <Link
      href={`/trade/${encodeURIComponent(ticker)}`}
      className="font-medium underline-offset-2 hover:underline"
    >
      {ticker}
    </Link>
  )
}

export function SideWord({ side }: { side: Side }) {
  return (
    <span className={clsx('font-medium', side === 'buy' ? 'text-up' : 'text-down')}>
      {side === 'buy' ? 'Buy' : 'Sell'}
    </span>
  )
}

export function Price({ ticker, value }: { ticker: Ticker; value: Decimal | null }) {
  const { price_step } = useSteps(ticker)
  return value === null ? <span className="text-faint">–</span> : formatStep(value, price_step)
}
