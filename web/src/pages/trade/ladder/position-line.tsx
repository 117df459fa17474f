import { clsx } from 'clsx'
import { toneOf } from '@/components/change'
import { formatExact, formatFixed, formatSigned } from '@/format/numbers'
import type { Position } from '@/trading/valuation'
import { type Decimal, placesOf } from '@/wire/decimal'

/** What is held, at what price, and how it stands now. */
export function PositionLine({ position, step }: { position: Position | null; step: Decimal }) {
  const quantity = position?.quantity ?? null
  const average = position?.averageCost ?? null
  // Of nothing there is none, and right after a trade it is not known yet.
  const open = average === null ? null : (position?.unrealised ?? null)
  const side = quantity === null || quantity === 0n ? 'Flat' : quantity > 0n ? 'Long' : 'Short'
  return (
    <dl className="tabular flex h-7 shrink-0 items-center justify-between gap-3 border-line border-b px-2.5 text-xs">
      <div className="flex min-w-0 items-baseline gap-1.5">
        <dt className="sr-only">Position</dt>
        <dd className="truncate font-medium">
          {quantity === null ? (
            <span className="text-faint">No position</span>
          ) : (
            <>
              <span
                className={clsx(side === 'Long' ? 'text-up' : side === 'Short' ? 'text-down' : 'text-muted')}
              >
                {side}
              </span>
              {quantity !== 0n && ` ${formatExact(quantity < 0n ? (-quantity as Decimal) : quantity)}`}
            </>
          )}
        </dd>
      </div>
      {average !== null && (
        <div className="flex min-w-0 items-baseline gap-1.5">
          <dt className="text-faint">Avg</dt>
          {/* An average falls between steps: two more places. */}
          <dd className="truncate">{formatFixed(average, Math.min(18, placesOf(step) + 2))}</dd>
        </div>
      )}
      <div className="flex min-w-0 items-baseline gap-1.5">
        <dt className="text-faint">Open P&L</dt>
        <dd className={clsx('truncate font-medium', toneOf(open ?? 0n))}>
          {open === null ? '–' : formatSigned(open)}
        </dd>
      </div>
    </dl>
  )
}
