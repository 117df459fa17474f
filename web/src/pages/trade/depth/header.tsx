import { Minus, Plus } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { IconButton } from '@/components/button'
import { formatExact, formatPercent, formatStep } from '@/format/numbers'
import type { Balance, Figures } from '@/pages/trade/depth/depth'
import type { Decimal } from '@/wire/decimal'

interface Props {
  readonly figures: Figures
  readonly balance: Balance | null
  readonly step: Decimal
  /** How far from the middle is shown, as a part of it. */
  readonly part: number
  /** Whether that follows the book by itself. */
  readonly automatic: boolean
  readonly onZoom: (steps: number) => void
  readonly onAutomatic: () => void
}

function Figure({ name, children, wide }: { name: string; children: ReactNode; wide?: boolean }) {
  return (
    <span className={wide ? 'whitespace-nowrap @max-[26rem]:hidden' : 'whitespace-nowrap'}>
      <span className="mr-1 text-faint">{name}</span>
      {children}
    </span>
  )
}

/** A distance from the middle: ±0.5%. */
const partWords = (part: number): string => `±${Number((part * 100).toFixed(3))}%`

/** Spread and balance of what is shown, and how much is shown. */
export const Header = memo(function Header(props: Props) {
  const { figures, balance, step, part, automatic, onZoom, onAutomatic } = props
  return (
    <div className="tabular flex h-8 shrink-0 items-center gap-x-3 overflow-hidden border-line border-b px-2.5 text-xs">
      <Figure name="Spread">
        {figures.spread === null ? '–' : formatStep(figures.spread, step)}
        {figures.spreadPart !== null && (
          <span className="ml-1 text-faint @max-[34rem]:hidden">
            {formatPercent(figures.spreadPart, 3).replace('+', '')}
          </span>
        )}
      </Figure>
      {balance && <BalanceBar balance={balance} />}
      <div className="ml-auto flex items-center">
        <IconButton size="sm" label="Show less around the middle (+)" onClick={() => onZoom(-1)}>
          <Plus size={13} />
        </IconButton>
        <button
          type="button"
          onClick={onAutomatic}
          aria-pressed={automatic}
          aria-label={`${partWords(part)} around the middle${automatic ? ', by itself' : ''}`}
          title={automatic ? 'What is shown follows the book' : 'Follow the book'}
          className={
            automatic
              ? 'h-6 min-w-14 rounded-md text-center text-muted hover:bg-hover hover:text-text'
              : 'h-6 min-w-14 rounded-md bg-accent-soft text-center text-accent'
          }
        >
          {partWords(part)}
        </button>
        <IconButton size="sm" label="Show more around the middle (-)" onClick={() => onZoom(1)}>
          <Minus size={13} />
        </IconButton>
      </div>
    </div>
  )
})

function BalanceBar({ balance: { bids, asks, bidPart } }: { balance: Balance }) {
  if (bidPart === null) return <Figure name="Balance">–</Figure>
  const share = Math.round(bidPart * 100)
  return (
    <span
      role="img"
      aria-label={`Of what is shown ${share}% are bids: ${formatExact(bids)} bid, ${formatExact(asks)} asked`}
      className="flex min-w-0 items-center gap-1.5 whitespace-nowrap"
    >
      <span className="text-up">
        <span className="@max-[30rem]:hidden">Bids </span>
        {share}%
      </span>
      <span className="flex h-1 w-16 gap-px overflow-hidden rounded-full @max-[24rem]:w-10">
        <span className="bg-up" style={{ width: `${share}%` }} />
        <span className="flex-1 bg-down" />
      </span>
      <span className="text-down">
        {100 - share}%<span className="@max-[30rem]:hidden"> Asks</span>
      </span>
    </span>
  )
}
