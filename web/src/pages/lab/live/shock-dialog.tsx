import { type FormEvent, useMemo, useState } from 'react'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { DecimalField } from '@/components/field'
import { Refused } from '@/components/in-place'
import { Segmented } from '@/components/segmented'
import { Select } from '@/components/select'
import { formatStep, shortQuantity } from '@/format/numbers'
import type { LabMarket } from '@/lab/messages'
import { reachOf } from '@/lab/reach'
import { shock } from '@/lab/steer'
import { useCalmLab, useLabChannel } from '@/lab/store'
import { steered } from '@/pages/lab/act'
import { useMarket, useMarkets } from '@/pages/lab/use-lab'
import { type Decimal, parseDecimal } from '@/wire/decimal'
import type { Side } from '@/wire/reading'

const SIDES = [
  { value: 'buy', label: 'Buy' },
  { value: 'sell', label: 'Sell' },
] as const
const BOOK_EVERY_MS = 250

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Send in a large order, at once or over a while. */
export function ShockDialog({ open, onOpenChange }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Send in a shock"
      description="A market order of this size comes, whatever the price. It is recorded, so that the run can be made again."
    >
      <ShockForm onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

function ShockForm({ onDone }: { onDone: () => void }) {
  const markets = useMarkets()
  const looked = useMarket()
  const [symbol, setSymbol] = useState(looked?.symbol ?? '')
  const [side, setSide] = useState<Side>('sell')
  const [typed, setTyped] = useState('')
  const [seconds, setSeconds] = useState('0')
  const [tried, setTried] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const size = parseDecimal(typed)
  const over = parseDecimal(seconds)
  const market = markets.find((one) => one.symbol === symbol) ?? looked
  const wrongSize = size === null || size <= 0n ? 'Write a size above zero, such as 25.' : null
  const wrongSeconds = over === null || over < 0n ? 'Write seconds, 0 for all at once.' : null
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (wrongSize !== null || wrongSeconds !== null || busy) return
    setBusy(true)
    setError(null)
    const doing = shock({
      ...(symbol === '' ? {} : { symbol }),
      side,
      size: Number(typed),
      seconds: Number(seconds),
    })
    doing.catch(setError)
    if (await steered(doing, 'The shock is on its way')) onDone()
    setBusy(false)
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      {markets.length > 1 && (
        <Select
          label="Market"
          value={symbol}
          choices={markets.map((one) => ({ value: one.symbol, label: one.symbol }))}
          onChange={setSymbol}
        />
      )}
      <Segmented
        label="Side"
        size="md"
        value={side}
        choices={SIDES}
        onChange={setSide}
        className="self-start"
      />
      <div className="grid grid-cols-2 items-start gap-3">
        <DecimalField
          label="Size"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          suffix={market?.symbol.split('/')[0]}
          placeholder="25"
          error={tried ? wrongSize : null}
        />
        <DecimalField
          label="Spread over"
          value={seconds}
          onChange={(event) => setSeconds(event.target.value)}
          suffix="simulated s"
          error={tried ? wrongSeconds : null}
          hint="In equal pieces; 0 is all at once"
        />
      </div>
      {market && <Reach market={market} side={side} size={size} />}
      <Refused error={error} />
      <Button type="submit" tone={side === 'buy' ? 'up' : 'down'} busy={busy} className="self-end">
        {side === 'buy' ? 'Buy' : 'Sell'} {size !== null && size > 0n ? shortQuantity(size) : ''}
      </Button>
    </form>
  )
}

/** How far it would reach into the book as it stands. */
function Reach({ market, side, size }: { market: LabMarket; side: Side; size: Decimal | null }) {
  useLabChannel('orderbook')
  const book = useCalmLab((state) => state.books.get(market.symbol) ?? null, BOOK_EVERY_MS)
  const reach = useMemo(
    () => (book && size !== null && size > 0n ? reachOf(book, side, size) : null),
    [book, side, size],
  )
  return (
    <p className="tabular min-h-8 text-faint text-xs" aria-live="polite">
      {!reach
        ? 'The size says how far it would reach into the book as it stands now.'
        : reach.left > 0n
          ? `Takes all that the best ${reach.levels} levels hold, ${shortQuantity(reach.taken)}, and goes beyond them.`
          : `Would reach ${reach.levels} ${reach.levels === 1 ? 'level' : 'levels'}, to ${formatStep(reach.price, market.price_step)}, if it came now all at once.`}
    </p>
  )
}
