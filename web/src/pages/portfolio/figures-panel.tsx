import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import { toneOf } from '@/components/change'
import { Flashing } from '@/components/flashing'
import { Skeleton } from '@/components/states'
import { formatMoney, formatPercent, formatSigned } from '@/format/numbers'
import { profitPart, type Summary } from '@/pages/portfolio/summary'
import type { Decimal } from '@/wire/decimal'

function Figure({ label, title, children }: { label: string; title: string; children: ReactNode }) {
  return (
    <div className="min-w-0" title={title}>
      <dt className="eyebrow">{label}</dt>
      <dd className="tabular mt-0.5 truncate font-medium">{children}</dd>
    </div>
  )
}

const money = (value: Decimal) => <Flashing value={value} format={formatMoney} />
const signed = (value: Decimal) => <span className={toneOf(value)}>{formatSigned(value)}</span>

const GRID = 'grid grid-cols-2 gap-x-6 gap-y-3 @md:grid-cols-4 @4xl:grid-cols-7'
const BOX =
  '@container flex flex-wrap items-center gap-x-12 gap-y-4 rounded-lg border border-line bg-panel p-4'

/** What the account is worth, of what, and what it has earned. */
export function FiguresPanel({ summary }: { summary: Summary | null }) {
  if (!summary) return <FiguresSkeleton />
  const part = profitPart(summary)
  return (
    <section aria-label="Figures" className={BOX}>
      <div>
        <div className="eyebrow">Total value</div>
        <Flashing
          value={summary.total}
          format={formatMoney}
          className="font-semibold text-3xl leading-9 tracking-tight"
        />
        <div className={clsx('tabular h-5 text-xs leading-5', toneOf(summary.profit))}>
          {formatSigned(summary.profit)}
          {part !== null && ` (${formatPercent(part)})`} <span className="text-faint">since the start</span>
        </div>
      </div>
      <dl className={clsx(GRID, 'min-w-0 flex-[1_1_24rem]')}>
        <Figure label="Cash" title="Free to spend">
          {money(summary.cash)}
        </Figure>
        <Figure label="In escrow" title="Kept back for open buy orders">
          {money(summary.escrow)}
        </Figure>
        <Figure label="Buying power" title="What new orders may cost together">
          {money(summary.buyingPower)}
        </Figure>
        <Figure label="Holdings" title="At the last price, held between the best bid and the best ask">
          {money(summary.holdings)}
        </Figure>
        <Figure label="Unrealised" title="What is held, less what it cost">
          {signed(summary.unrealised)}
        </Figure>
        <Figure label="Realised" title="Earned by what was sold, before fees">
          {signed(summary.realised)}
        </Figure>
        <Figure label="Fees" title="Paid so far">
          {formatMoney(summary.fees)}
        </Figure>
      </dl>
    </section>
  )
}

const LABELS = ['Cash', 'In escrow', 'Buying power', 'Holdings', 'Unrealised', 'Realised', 'Fees']

function FiguresSkeleton() {
  return (
    <section role="status" aria-label="Loading" className={BOX}>
      <div>
        <div className="eyebrow">Total value</div>
        <Skeleton className="my-0.5 h-8 w-40" />
        <Skeleton className="my-1 h-3 w-32" />
      </div>
      <div className={clsx(GRID, 'flex-[1_1_24rem]')}>
        {LABELS.map((label) => (
          <div key={label}>
            <div className="eyebrow">{label}</div>
            <Skeleton className="my-1 h-3.5 w-16" />
          </div>
        ))}
      </div>
    </section>
  )
}
