import { clsx } from 'clsx'
import { Check, ChevronDown, PanelsTopLeft } from 'lucide-react'
import { DropdownMenu as Menu } from 'radix-ui'
import { memo, type ReactNode } from 'react'
import { useLocation } from 'wouter'
import { Badge } from '@/components/badge'
import { IconButton } from '@/components/button'
import { toneOf } from '@/components/change'
import { Flashing } from '@/components/flashing'
import { MENU_BOX, MENU_ITEM } from '@/components/menu'
import { formatPercent, formatShort, formatStep } from '@/format/numbers'
import { phaseWord } from '@/format/words'
import { useGlance } from '@/hooks/use-channels'
import { useInstrument, useInstruments } from '@/hooks/use-instruments'
import { resetLayout } from '@/pages/trade/layout-kept'
import { decimalOf, toNumber } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'
import type { Instrument } from '@/wire/views'

const CENT = decimalOf('0.01')

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="leading-tight">
      <div className="eyebrow whitespace-nowrap">{label}</div>
      <div className="tabular text-xs">{children}</div>
    </div>
  )
}

/** Which market it is, and what it does at a glance. */
export function MarketHeader({ ticker, wide }: { ticker: Ticker; wide: boolean }) {
  const glance = useGlance(ticker)
  const listed = useInstrument(ticker)
  const step = listed?.price_step ?? CENT
  const price = (value: bigint | null | undefined) =>
    value === null || value === undefined ? '–' : formatStep(value as typeof step, step)
  return (
    <div className="flex min-h-13 shrink-0 items-center gap-x-6 gap-y-1 overflow-x-auto border-line border-b bg-panel px-3 py-1 [scrollbar-width:none]">
      <MarketPicker ticker={ticker} name={listed?.name ?? ''} />
      <div className="leading-tight" data-first-price>
        <Flashing
          value={glance?.current_price ?? null}
          format={(value) => formatStep(value, step)}
          className="font-semibold text-base"
        />
        <div className={clsx('tabular text-xs', toneOf(glance?.change_24h ?? 0))}>
          {glance ? formatPercent(glance.change_24h) : '–'}
        </div>
      </div>
      <div className="flex items-center gap-6 max-sm:gap-4">
        <Figure label="Bid">{price(glance?.best_bid)}</Figure>
        <Figure label="Ask">{price(glance?.best_ask)}</Figure>
        <Figure label="24 h high">{price(glance?.high_24h)}</Figure>
        <Figure label="24 h low">{price(glance?.low_24h)}</Figure>
        <Figure label="24 h volume">{glance ? formatShort(toNumber(glance.volume_24h)) : '–'}</Figure>
      </div>
      {glance && glance.phase !== 'continuous' && <Badge tone="warn">{phaseWord(glance.phase)}</Badge>}
      {wide && (
        <IconButton
          label="Put the panels back where they were at first"
          className="ml-auto"
          onClick={resetLayout}
        >
          <PanelsTopLeft size={15} />
        </IconButton>
      )}
    </div>
  )
}

const MarketPicker = memo(function MarketPicker({ ticker, name }: { ticker: Ticker; name: string }) {
  const { data } = useInstruments()
  const [, navigate] = useLocation()
  return (
    <Menu.Root>
      <Menu.Trigger className="flex shrink-0 items-center gap-2 rounded-md px-1.5 py-1 text-left hover:bg-hover">
        <span className="leading-tight">
          <span className="block font-semibold text-base">{ticker}</span>
          <bdi className="block max-w-32 truncate text-faint text-xs">{name}</bdi>
        </span>
        <ChevronDown size={15} className="text-faint" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content align="start" sideOffset={6} className={clsx(MENU_BOX, 'min-w-72')}>
          {data?.instruments.map((listed) => (
            <MarketChoice
              key={listed.ticker}
              listed={listed}
              chosen={listed.ticker === ticker}
              onChoose={() => navigate(`/trade/${encodeURIComponent(listed.ticker)}`)}
            />
          ))}
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  )
})

interface ChoiceProps {
  listed: Instrument
  chosen: boolean
  onChoose: () => void
}

function MarketChoice({ listed, chosen, onChoose }: ChoiceProps) {
  const glance = useGlance(listed.ticker)
  return (
    <Menu.Item className={MENU_ITEM} onSelect={onChoose}>
      <span className="w-4">{chosen && <Check size={14} className="text-accent" />}</span>
      <span className="w-16 font-medium">{listed.ticker}</span>
      <span className="tabular ml-auto">
        {glance ? formatStep(glance.current_price, listed.price_step) : '–'}
      </span>
      <span className={clsx('tabular w-16 text-right text-xs', toneOf(glance?.change_24h ?? 0))}>
        {glance ? formatPercent(glance.change_24h) : ''}
      </span>
    </Menu.Item>
  )
}
