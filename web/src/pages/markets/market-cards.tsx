import type { KeyboardEvent } from 'react'
import { useSize } from '@/hooks/use-size'
import { columnsFor, GAP } from '@/pages/markets/columns'
import { MarketCard, MarketCardSkeleton } from '@/pages/markets/market-card'
import { useMarketsLook } from '@/pages/markets/store'
import type { Ticker } from '@/wire/reading'

/** The card that an arrow key leads to, of cards that stand in columns, line after line. */
function placeAfter(place: number, key: string, columns: number): number {
  switch (key) {
    case 'ArrowRight':
      return place + 1
    case 'ArrowLeft':
      return place - 1
    case 'ArrowDown':
      return place + columns
    case 'ArrowUp':
      return place - columns
    default:
      return place
  }
}

/** The markets as cards, one to six beside one another. Arrow keys go from card to card. */
export function MarketCards({ tickers }: { tickers: readonly Ticker[] | null }) {
  const [grid, { width }] = useSize<HTMLDivElement>()
  const kept = useMarketsLook((look) => look.count)
  const columns = columnsFor(width, tickers?.length ?? kept)

  const move = (event: KeyboardEvent<HTMLElement>) => {
    if (!(event.target instanceof HTMLElement) || event.altKey || event.ctrlKey || event.metaKey) return
    const cards = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-market]')]
    const place = cards.indexOf(event.target)
    const next = cards[placeAfter(place, event.key, columns)]
    if (place < 0 || !next || next === event.target) return
    event.preventDefault()
    next.focus()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are an addition to the links inside
    <div
      ref={grid}
      onKeyDown={move}
      className="grid"
      style={{ gap: GAP, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
      {...(tickers === null && { role: 'status', 'aria-label': 'Loading the markets' })}
    >
      {tickers === null
        ? Array.from({ length: kept }, (_, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike, and stay where they are
            <MarketCardSkeleton key={place} />
          ))
        : tickers.map((ticker) => <MarketCard key={ticker} ticker={ticker} />)}
    </div>
  )
}
