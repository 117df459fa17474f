import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { toast } from 'sonner'
import { announce } from '@/components/announcer'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { DecimalField, Field } from '@/components/field'
import { Refused, useFocus } from '@/components/in-place'
import { type FieldName, ppmWords, readInstrument, USUAL } from '@/pages/admin/instrument-rules'
import { listInstrument } from '@/wire/api'
import type { Decimal } from '@/wire/decimal'
import type { Instrument } from '@/wire/views'

interface Known {
  readonly instruments: readonly Instrument[]
  readonly cash_step: Decimal
}

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
  known: Known
}

/** List another instrument, which opens at once. */
export function ListInstrument({ open, onOpenChange, known }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="List an instrument"
      description="It opens for trading at once, and stays: an instrument cannot be taken off again."
      wide
    >
      <ListForm known={known} onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

const PARTS: readonly { name: FieldName; label: string; note: string }[] = [
  { name: 'maker_fee_ppm', label: 'Maker fee', note: 'of the traded worth; below zero a rebate' },
  { name: 'taker_fee_ppm', label: 'Taker fee', note: 'of the traded worth' },
  { name: 'protection_ppm', label: 'Protection', note: 'from the best price at most, for market orders' },
  { name: 'breaker_ppm', label: 'Breaker', note: 'off the reference price halts it; zero for never' },
]

function ListForm({ known, onDone }: { known: Known; onDone: () => void }) {
  const queries = useQueryClient()
  const [typed, setTyped] = useState(USUAL)
  const [left, setLeft] = useState<ReadonlySet<FieldName>>(new Set())
  const input = useRef<HTMLInputElement>(null)
  useFocus(input)
  const listed = new Set<string>(known.instruments.map((instrument) => instrument.ticker))
  const { body, mistakes } = readInstrument(typed, known.cash_step, listed)
  const listing = useMutation({
    mutationFn: listInstrument,
    onSuccess: () => {
      const words = `${typed.ticker} is listed`
      toast.success(words)
      announce(words)
      onDone()
      return queries.invalidateQueries({ queryKey: ['instruments'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (body && !listing.isPending) listing.mutate(body)
    else setLeft(new Set(Object.keys(typed) as FieldName[]))
  }
  const field = (name: FieldName) => ({
    value: typed[name],
    onChange: (event: { target: { value: string } }) => setTyped({ ...typed, [name]: event.target.value }),
    onBlur: () => setLeft((before) => (typed[name] === '' ? before : new Set(before).add(name))),
    error: left.has(name) ? (mistakes[name] ?? null) : null,
  })
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Field
          label="Ticker"
          ref={input}
          {...field('ticker')}
          onChange={(event) => setTyped({ ...typed, ticker: event.target.value.toUpperCase() })}
          placeholder="MOON"
          maxLength={16}
          hint="A capital, then up to 15 capitals, digits, dots, dashes, underscores."
        />
        <Field
          label="Name"
          {...field('name')}
          placeholder="Moon Mining"
          maxLength={64}
          hint="What it is called in full."
        />
      </div>
      <div className="grid items-start gap-3 sm:grid-cols-3">
        <DecimalField label="First price" {...field('initial_price')} placeholder="10.00" />
        <DecimalField label="Price step" {...field('price_step')} />
        <DecimalField label="Quantity step" {...field('quantity_step')} />
      </div>
      <div className="grid items-start gap-3 sm:grid-cols-4">
        {PARTS.map(({ name, label, note }) => (
          <Field
            key={name}
            label={label}
            inputMode={name === 'maker_fee_ppm' ? 'text' : 'numeric'}
            suffix="ppm"
            {...field(name)}
            hint={`${ppmWords(typed[name]) ?? 'Parts per million'} ${note}`}
          />
        ))}
      </div>
      <Refused error={listing.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" tone="accent" busy={listing.isPending}>
          List {typed.ticker.trim() || 'it'}
        </Button>
      </div>
    </form>
  )
}
