import { clsx } from 'clsx'
import { AlignRight, ChartBarDecreasing } from 'lucide-react'
import { Segmented } from '@/components/segmented'
import { chooseBars, chooseSides, type Sides, useBookSettings } from '@/pages/trade/book/settings'
import { GroupSelect } from '@/pages/trade/group-select'
import type { Decimal } from '@/wire/decimal'

/** A picture of the sides that are shown, bids below. */
function SidesIcon({ sides }: { sides: Sides }) {
  return (
    <span aria-hidden className="flex h-3 w-3.5 flex-col gap-px">
      {sides !== 'bids' && <span className="flex-1 rounded-[1px] bg-down" />}
      {sides !== 'asks' && <span className="flex-1 rounded-[1px] bg-up" />}
    </span>
  )
}

const SIDES = (['both', 'bids', 'asks'] as const).map((sides) => {
  const title = { both: 'Bids and asks', bids: 'Bids alone', asks: 'Asks alone' }[sides]
  return {
    value: sides,
    title,
    label: (
      <>
        <SidesIcon sides={sides} />
        <span className="sr-only">{title}</span>
      </>
    ),
  }
})

interface Props {
  step: Decimal
  near: Decimal | null
  size: Decimal
  onGroup: (size: Decimal) => void
}

/** What of the book is shown, and how. */
export function Toolbar({ step, near, size, onGroup }: Props) {
  const sides = useBookSettings((state) => state.sides)
  const bars = useBookSettings((state) => state.bars)
  return (
    <div className="flex h-9 shrink-0 items-center gap-2 border-line border-b px-2">
      <Segmented label="Sides" value={sides} choices={SIDES} onChange={chooseSides} />
      <button
        type="button"
        aria-pressed={bars === 'total'}
        aria-label="Bars show the total to each price"
        title={
          bars === 'total' ? 'Bars show the total: change to sizes' : 'Bars show sizes: change to the total'
        }
        onClick={() => chooseBars(bars === 'total' ? 'size' : 'total')}
        className={clsx(
          'flex h-6 items-center gap-1 rounded-md px-1.5 text-muted text-xs hover:bg-hover hover:text-text',
        )}
      >
        {bars === 'total' ? (
          <ChartBarDecreasing size={14} aria-hidden />
        ) : (
          <AlignRight size={14} aria-hidden />
        )}
        <span className="max-[340px]:hidden">{bars === 'total' ? 'Total' : 'Size'}</span>
      </button>
      <div className="ml-auto">
        <GroupSelect step={step} near={near} size={size} onChange={onGroup} />
      </div>
    </div>
  )
}
