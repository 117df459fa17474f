import { clsx } from 'clsx'
import { memo } from 'react'
import { Link } from 'wouter'
import { toneOf } from '@/components/change'
import { Sparkline } from '@/components/sparkline'
import { formatExact, formatMoney, formatPercent, formatSigned } from '@/format/numbers'
import type { Line } from '@/pages/leaderboard/standings'

/** Holdings that have a chip; the rest are counted. */
const CHIPS_MAX = 3

/** The bar of the last one is still one. */
const PLACE_MIN = 0.02

const CELL = 'px-2 py-1.5'

function Holdings({ holdings }: Pick<Line, 'holdings'>) {
  if (holdings.length === 0) return <span className="text-faint">–</span>
  const rest = holdings.slice(CHIPS_MAX)
  return (
    <span className="flex gap-1">
      {holdings.slice(0, CHIPS_MAX).map(({ ticker, quantity }) => (
        <Link
          key={ticker}
          href={`/trade/${encodeURIComponent(ticker)}`}
          className="tabular whitespace-nowrap rounded bg-well px-1.5 text-2xs text-muted leading-[1.125rem] ring-1 ring-line ring-inset hover:text-text"
        >
          {formatExact(quantity)} {ticker}
        </Link>
      ))}
      {rest.length > 0 && (
        <span
          className="whitespace-nowrap text-2xs text-faint leading-[1.125rem]"
          title={rest.map(({ ticker, quantity }) => `${formatExact(quantity)} ${ticker}`).join(', ')}
        >
          +{rest.length}
        </span>
      )}
    </span>
  )
}

/** The same in one line, for where there is no column for it. */
function Beneath({ cash, holdings }: Line) {
  const held = holdings.map(({ ticker, quantity }) => `${formatExact(quantity)} ${ticker}`)
  return (
    <span className="tabular block truncate text-2xs text-faint @4xl:hidden">
      {[`${formatMoney(cash)} cash`, ...held].join(' · ')}
    </span>
  )
}

function ChangeOf({ change, className }: Pick<Line, 'change'> & { className?: string }) {
  if (!change) return <span className={clsx('text-faint', className)}>–</span>
  return (
    <span
      className={clsx('tabular', toneOf(change.difference), className)}
      title={formatSigned(change.difference)}
    >
      {formatPercent(change.part)}
    </span>
  )
}

/** Where one stands. Whoever reads finds the own line by its colour and the word. */
export const LeaderRow = memo(function LeaderRow({ line, pinned }: { line: Line; pinned?: boolean }) {
  const { rank, username, trend, change, isOwn } = line
  return (
    <tr
      data-flip={pinned ? undefined : line.user_id}
      data-own={isOwn || undefined}
      className={clsx(isOwn ? 'bg-accent-soft [&_.text-faint]:text-muted' : 'bg-panel hover:bg-hover')}
    >
      <td className={clsx(CELL, 'w-12 pl-3')}>
        <span
          className={clsx(
            'tabular inline-flex h-6 min-w-6 items-center justify-center rounded-md px-1 text-xs',
            rank <= 3 ? 'bg-well font-semibold text-text ring-1 ring-line-strong ring-inset' : 'text-faint',
          )}
        >
          {rank}
        </span>
      </td>
      <td className={clsx(CELL, 'w-full max-w-0')}>
        <span className="flex min-w-0 items-center gap-2">
          <bdi className="truncate font-medium" title={username}>
            {username.trim() || 'No name'}
          </bdi>
          {isOwn && (
            <span className="rounded bg-accent-fill px-1.5 font-medium text-2xs text-on-fill leading-[1.125rem]">
              You
            </span>
          )}
        </span>
        <Beneath {...line} />
      </td>
      <td className={clsx(CELL, 'hidden @2xl:table-cell')}>
        <div className="h-6 w-24">
          {trend.length > 1 && (
            <Sparkline
              values={trend}
              tone={
                change && change.difference < 0n ? 'down' : change && change.difference > 0n ? 'up' : 'accent'
              }
              label={`Total value of ${username}`}
            />
          )}
        </div>
      </td>
      <td className={clsx(CELL, 'hidden min-w-24 text-right @md:table-cell')}>
        <ChangeOf change={change} />
      </td>
      <td className={clsx(CELL, 'tabular hidden text-right @4xl:table-cell')}>{formatMoney(line.cash)}</td>
      <td className={clsx(CELL, 'hidden min-w-56 @4xl:table-cell')}>
        <Holdings holdings={line.holdings} />
      </td>
      <td className={clsx(CELL, 'min-w-28 pr-3 text-right @2xl:min-w-40')}>
        <span className="tabular block font-semibold">{formatMoney(line.total)}</span>
        <ChangeOf change={change} className="block text-2xs @md:hidden" />
        <span
          className="mt-1 block h-1 overflow-hidden rounded-full bg-line"
          title="Where it lies between the lowest and the highest shown"
          aria-hidden
        >
          <span
            className="block h-full rounded-full bg-accent-fill transition-[width]"
            style={{ width: `${Math.max(PLACE_MIN, line.place) * 100}%` }}
          />
        </span>
      </td>
    </tr>
  )
})
