import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { toast } from 'sonner'
import { announce } from '@/components/announcer'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { DecimalField } from '@/components/field'
import { Refused, useFocus } from '@/components/in-place'
import { formatExact, formatStep } from '@/format/numbers'
import { useGlance } from '@/hooks/use-channels'
import { readBand } from '@/pages/admin/band-rules'
import { setBand } from '@/wire/api'
import type { Instrument } from '@/wire/views'

/** Keep orders of an instrument between two prices. */
export function BandDialog({ listed, onClose }: { listed: Instrument; onClose: () => void }) {
  const glance = useGlance(listed.ticker)
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Price band of ${listed.ticker}`}
      description={
        <>
          Orders outside the band are refused. A side left empty has no bound.
          {glance && <> The last price is {formatStep(glance.current_price, listed.price_step)}.</>}
        </>
      }
    >
      <BandForm listed={listed} onClose={onClose} />
    </Dialog>
  )
}

function BandForm({ listed, onClose }: { listed: Instrument; onClose: () => void }) {
  const [typed, setTyped] = useState({ low: '', high: '' })
  const input = useRef<HTMLInputElement>(null)
  useFocus(input)
  const { band, mistakes } = readBand(typed, listed.price_step)
  const setting = useMutation({
    mutationFn: (wanted: NonNullable<typeof band>) => setBand(listed.ticker, wanted),
    onSuccess: (_, wanted) => {
      const none = wanted.low === undefined && wanted.high === undefined
      const words = none ? `${listed.ticker} has no price band` : `The price band of ${listed.ticker} is set`
      toast.success(words)
      announce(words)
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (band && !setting.isPending) setting.mutate(band)
  }
  const empty = typed.low.trim() === '' && typed.high.trim() === ''
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <div className="grid grid-cols-2 items-start gap-3">
        <DecimalField
          label="Lowest price"
          ref={input}
          value={typed.low}
          onChange={(event) => setTyped({ ...typed, low: event.target.value })}
          error={mistakes.low}
          placeholder="No bound"
          hint={`In steps of ${formatExact(listed.price_step)}`}
        />
        <DecimalField
          label="Highest price"
          value={typed.high}
          onChange={(event) => setTyped({ ...typed, high: event.target.value })}
          error={mistakes.high}
          placeholder="No bound"
        />
      </div>
      <Refused error={setting.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="accent" busy={setting.isPending} disabled={!band}>
          {empty ? 'Remove the band' : 'Set the band'}
        </Button>
      </div>
    </form>
  )
}
