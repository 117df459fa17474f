import { clsx } from 'clsx'
import { Crosshair, LocateFixed } from 'lucide-react'
import { Badge } from '@/components/badge'
import { IconButton } from '@/components/button'
import { Switch } from '@/components/switch'
import { GroupSelect } from '@/pages/trade/group-select'
import { arm, chooseUnit, setAutoCentre, useLadderSettings } from '@/pages/trade/ladder/settings'
import type { Decimal } from '@/wire/decimal'
import type { Ticker } from '@/wire/reading'

interface Props {
  ticker: Ticker
  armed: boolean
  signedIn: boolean
  step: Decimal
  unit: Decimal
  near: Decimal | null
  onCentre: () => void
}

/** Whether clicks trade, and which prices are in sight. */
export function Header({ ticker, armed, signedIn, step, unit, near, onCentre }: Props) {
  const autoCentre = useLadderSettings((state) => state.autoCentre)
  return (
    <div
      className={clsx(
        'flex h-9 shrink-0 items-center gap-2 border-line border-b px-2.5',
        armed && 'bg-warn-soft',
      )}
    >
      <Switch
        label="One-click trading"
        checked={armed}
        warn
        disabled={!signedIn}
        onChange={(on) => arm(on ? ticker : null)}
        title={
          signedIn
            ? 'While it is on, a click in a column sends an order. While it is off, it only fills in the order ticket.'
            : 'Sign in to trade'
        }
      />
      {armed && (
        <span className="hidden @min-[21rem]:inline">
          <Badge tone="warn">Armed</Badge>
        </span>
      )}
      <span className="ml-auto flex items-center gap-0.5">
        <IconButton label="Centre on the market (C)" size="sm" onClick={onCentre}>
          <Crosshair size={14} />
        </IconButton>
        <IconButton
          label="Keep the market in the middle"
          size="sm"
          aria-pressed={autoCentre}
          className={autoCentre ? 'bg-accent-soft text-accent!' : ''}
          onClick={() => setAutoCentre(!autoCentre)}
        >
          <LocateFixed size={14} />
        </IconButton>
      </span>
      <GroupSelect step={step} near={near} size={unit} onChange={(size) => chooseUnit(ticker, size)} />
    </div>
  )
}
