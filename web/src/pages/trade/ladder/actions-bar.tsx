import { Link } from 'wouter'
import { Button } from '@/components/button'
import { Caps } from '@/keyboard/caps'
import type { Ticker } from '@/wire/reading'

interface Props {
  ticker: Ticker
  signedIn: boolean
  onFlatten: () => void
  onReverse: () => void
  onCancelAll: () => void
}

/** The ways out: of the position, and of all orders in this market. */
export function ActionsBar({ ticker, signedIn, onFlatten, onReverse, onCancelAll }: Props) {
  if (!signedIn) {
    return (
      <div className="shrink-0 border-line border-t p-2">
        <Link
          href={`/sign-in?next=${encodeURIComponent(`/trade/${ticker}`)}`}
          className="flex h-8 items-center justify-center rounded-md bg-accent-fill font-medium text-on-fill hover:brightness-110"
        >
          Sign in to trade
        </Link>
      </div>
    )
  }
  const actions = [
    {
      label: 'Flatten',
      keys: 'f',
      run: onFlatten,
      title: 'Cancel all orders of this market and trade the position away',
    },
    {
      label: 'Reverse',
      keys: 'r',
      run: onReverse,
      title: 'Cancel all orders of this market and turn the position round',
    },
    { label: 'Cancel all', keys: 'Escape', run: onCancelAll, title: 'Cancel all orders of this market' },
  ]
  return (
    <div className="flex shrink-0 gap-1.5 border-line border-t p-2">
      {actions.map(({ label, keys, run, title }) => (
        <Button
          key={keys}
          size="sm"
          title={title}
          onClick={run}
          className="h-7! min-w-0 flex-auto shrink! gap-1.5! px-1!"
        >
          <span className="truncate">{label}</span>
          <span aria-hidden className="hidden @min-[19rem]:inline-flex">
            <Caps keys={keys} />
          </span>
        </Button>
      ))}
    </div>
  )
}
