import { memo, type ReactNode, useRef } from 'react'
import { Link } from 'wouter'
import { Badge } from '@/components/badge'
import { Change } from '@/components/change'
import { Flashing } from '@/components/flashing'
import { Sparkline } from '@/components/sparkline'
import { Skeleton } from '@/components/states'
import { formatPercent, formatShort, formatStep } from '@/format/numbers'
import { phaseWord } from '@/format/words'
import { useGlance } from '@/hooks/use-channels'
import { useInstrument } from '@/hooks/use-instruments'
import { RangeBar } from '@/pages/markets/range-bar'
import { sparkSpan } from '@/pages/markets/spark'
import { useWasInView } from '@/pages/markets/use-in-view'
import { useSpark } from '@/pages/markets/use-spark'
import { placeInRange, priceStepOf, spreadOf, spreadPart } from '@/trading/glance'
import { type Decimal, toNumber } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'

/** Every card is as tall as every other, before its figures are there too. */
const BOX =
  '@container relative flex h-56 min-w-0 min-[112rem]:h-72 flex-col rounded-lg border border-line bg-panel p-3.5'

/** The colour of the line is that of the change it shows. */
const lineTone = (change: number) => (change > 0 ? 'up' : change < 0 ? 'down' : 'accent')

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="eyebrow">{label}</dt>
      <dd className="tabular truncate text-xs">{children}</dd>
    </div>
  )
}

/** A market at a glance; all of it is a link to where it is traded. */
export const MarketCard = memo(function MarketCard({ ticker }: { ticker: Ticker }) {
  const box = useRef<HTMLElement>(null)
  const glance = useGlance(ticker)
  const listed = useInstrument(ticker)
  const spark = useSpark(ticker, glance?.current_price ?? null, useWasInView(box))
  if (!glance) return <MarketCardSkeleton />
  const step = priceStepOf(glance, listed)
  const price = (value: Decimal | null) => (value === null ? '–' : formatStep(value, step))
  const spread = spreadOf(glance)
  const part = spreadPart(glance.best_bid, glance.best_ask)
  return (
    <article
      ref={box}
      className={`${BOX} transition-colors focus-within:border-line-strong hover:border-line-strong hover:bg-hover`}
    >
      <div className="flex items-start justify-between gap-3">
        <h2 className="min-w-0 flex-1">
          {/* The link covers the card; its name is the market's alone. */}
          <Link
            href={`/trade/${encodeURIComponent(ticker)}`}
            data-market={ticker}
            className="block truncate font-semibold text-base leading-6 after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
          >
            {ticker}
          </Link>
          <bdi className="block h-5 truncate text-faint text-xs leading-5">{listed?.name}</bdi>
        </h2>
        <div className="max-w-[70%] shrink-0 text-right" data-first-price>
          <Flashing
            value={glance.current_price}
            format={(value) => formatStep(value, step)}
            className="block truncate font-semibold text-lg leading-6"
          />
          <Change part={glance.change_24h} className="block text-xs leading-5" />
        </div>
      </div>
      <div className="relative my-2.5 min-h-0 flex-1">
        {spark && (
          <Sparkline
            values={spark.values}
            tone={lineTone(glance.change_24h)}
            label={`The last ${sparkSpan(spark)}`}
          />
        )}
        {glance.phase !== 'continuous' && (
          <span className="absolute top-0 left-0">
            <Badge tone="warn">{phaseWord(glance.phase)}</Badge>
          </span>
        )}
      </div>
      <dl className="grid grid-cols-[1fr_1fr_1fr_auto] @xs:grid-cols-[1fr_1fr_1.25fr_auto] gap-x-3">
        <Figure label="Bid">{price(glance.best_bid)}</Figure>
        <Figure label="Ask">{price(glance.best_ask)}</Figure>
        <Figure label="Spread">
          {price(spread)}
          {part !== null && (
            <span className="hidden text-faint @xs:inline"> {formatPercent(part).replace('+', '')}</span>
          )}
        </Figure>
        <Figure label="24 h vol.">
          <span className="block text-right">{formatShort(toNumber(glance.volume_24h))}</span>
        </Figure>
      </dl>
      <div className="mt-2">
        <RangeBar
          label="24 h"
          place={placeInRange(glance)}
          low={price(glance.low_24h)}
          high={price(glance.high_24h)}
        />
      </div>
    </article>
  )
})

/** The place of a card whose figures are on their way. */
export function MarketCardSkeleton() {
  return (
    <div className={BOX} aria-hidden>
      <div className="flex justify-between">
        <Skeleton className="h-5 w-16" />
        <Skeleton className="h-5 w-20" />
      </div>
      <Skeleton className="mt-2 h-3 w-28" />
      <Skeleton className="my-4 min-h-0 flex-1" />
      <Skeleton className="h-3" />
      <Skeleton className="mt-3 h-3" />
    </div>
  )
}
