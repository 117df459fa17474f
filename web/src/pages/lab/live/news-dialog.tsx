import { type FormEvent, useState } from 'react'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { DecimalField, Field } from '@/components/field'
import { Refused } from '@/components/in-place'
import { Select } from '@/components/select'
import { formatStep } from '@/format/numbers'
import { tellNews } from '@/lab/steer'
import { useLab } from '@/lab/store'
import { steered } from '@/pages/lab/act'
import { useMarket, useMarkets } from '@/pages/lab/use-lab'
import { parseDecimal } from '@/wire/decimal'

const TEXT_MAX = 280

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Break news: what is told, and by how much the fundamental jumps. */
export function NewsDialog({ open, onOpenChange }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Break news"
      description="The fundamental value jumps, and agents that listen are told at once."
    >
      <NewsForm onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

function NewsForm({ onDone }: { onDone: () => void }) {
  const markets = useMarkets()
  const looked = useMarket()
  const [symbol, setSymbol] = useState(looked?.symbol ?? '')
  const [text, setText] = useState('')
  const [typed, setTyped] = useState('')
  const [tried, setTried] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const market = markets.find((one) => one.symbol === symbol) ?? looked
  const price = useLab((state) => state.markets.get(symbol)?.last_price ?? null)
  const jump = parseDecimal(typed)
  const wrongJump =
    typed.trim() === ''
      ? 'Say by how much; 0 for words alone.'
      : jump === null
        ? 'Write a number, such as -250.'
        : null
  const wrongText = text.trim() === '' ? 'Say what is told.' : null
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (wrongJump !== null || wrongText !== null || busy) return
    setBusy(true)
    setError(null)
    const doing = tellNews({ ...(symbol === '' ? {} : { symbol }), jump: Number(typed), text: text.trim() })
    doing.catch(setError)
    if (await steered(doing, 'The news are told')) onDone()
    setBusy(false)
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      {markets.length > 1 && (
        <Select
          label="About"
          value={symbol}
          choices={markets.map((one) => ({ value: one.symbol, label: one.symbol }))}
          onChange={setSymbol}
        />
      )}
      <Field
        label="Text"
        value={text}
        maxLength={TEXT_MAX}
        onChange={(event) => setText(event.target.value)}
        placeholder="A large buyer is in the market"
        error={tried ? wrongText : null}
      />
      <DecimalField
        label="Jump of the fundamental"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        inputMode="text"
        suffix={market?.currency}
        placeholder="-250"
        error={tried || jump === null ? (typed === '' && !tried ? null : wrongJump) : null}
        hint={
          market && price !== null
            ? `${market.symbol} trades at ${formatStep(price, market.price_step)}. A minus sign makes it fall.`
            : 'A minus sign makes it fall.'
        }
      />
      <Refused error={error} />
      <Button type="submit" tone="accent" busy={busy} className="self-end">
        Tell everybody
      </Button>
    </form>
  )
}
