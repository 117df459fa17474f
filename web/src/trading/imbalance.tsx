import { memo } from 'react'

export const IMBALANCE_HEIGHT = 26

/** How much of all that rests is on each side, in whole per cent. */
export const Imbalance = memo(function Imbalance({ bids }: { bids: number | null }) {
  if (bids === null) return <div style={{ height: IMBALANCE_HEIGHT }} />
  return (
    <div
      role="img"
      aria-label={`Of all that rests, ${bids}% are bids and ${100 - bids}% asks`}
      title="Share of all that rests on each side"
      style={{ height: IMBALANCE_HEIGHT }}
      className="tabular flex shrink-0 items-center gap-2 border-line border-t px-2.5 text-2xs"
    >
      <span className="w-12 text-up">Bid {bids}%</span>
      <span className="flex h-1 flex-1 gap-0.5 overflow-hidden rounded-full">
        <span className="bg-up" style={{ width: `${bids}%` }} />
        <span className="flex-1 bg-down" />
      </span>
      <span className="w-12 text-right text-down">{100 - bids}% Ask</span>
    </div>
  )
})
