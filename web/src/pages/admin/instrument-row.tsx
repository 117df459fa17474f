import { useMutation, useQueryClient } from '@tanstack/react-query'
import { MoveVertical, Pause, Play } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { announce } from '@/components/announcer'
import { Badge } from '@/components/badge'
import { Button } from '@/components/button'
import { Confirm } from '@/components/dialog'
import { Flashing } from '@/components/flashing'
import { Refused } from '@/components/in-place'
import { formatExact, formatStep } from '@/format/numbers'
import { phaseWord } from '@/format/words'
import { useGlance } from '@/hooks/use-channels'
import { ppmWords } from '@/pages/admin/instrument-rules'
import { haltInstrument, resumeInstrument } from '@/wire/api'
import type { Instrument } from '@/wire/views'

/** One instrument with its phase, and what stops and starts it. */
export function InstrumentRow({ listed, onBand }: { listed: Instrument; onBand: () => void }) {
  const queries = useQueryClient()
  const glance = useGlance(listed.ticker)
  const [asking, setAsking] = useState(false)
  const trades = glance?.phase === 'continuous'
  const switching = useMutation({
    mutationFn: (wanted: 'halt' | 'resume') =>
      wanted === 'halt' ? haltInstrument(listed.ticker) : resumeInstrument(listed.ticker),
    onSuccess: (_, wanted) => {
      announce(`${listed.ticker} ${wanted === 'halt' ? 'is halted' : 'trades again'}`)
      return queries.invalidateQueries({ queryKey: ['instruments'] })
    },
  })
  return (
    <li className="border-line border-b px-3 py-2 last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="w-40 min-w-0 grow sm:grow-0">
          <div className="flex items-center gap-2">
            <span className="font-medium">{listed.ticker}</span>
            {glance && <Badge tone={trades ? 'up' : 'warn'}>{phaseWord(glance.phase)}</Badge>}
          </div>
          <bdi className="block truncate text-faint text-xs" title={listed.name}>
            {listed.name || 'Without a name'}
          </bdi>
        </div>
        <div className="w-20 text-right text-xs">
          <div className="eyebrow">Last</div>
          <Flashing
            value={glance?.current_price ?? null}
            format={(value) => formatStep(value, listed.price_step)}
            className="font-medium"
          />
        </div>
        <dl className="tabular hidden grow gap-6 text-xs md:flex">
          <Fact label="Price step">{formatExact(listed.price_step)}</Fact>
          <Fact label="Quantity step">{formatExact(listed.quantity_step)}</Fact>
          <Fact label="Maker and taker fee">
            {ppmWords(String(listed.maker_fee_ppm))} and {ppmWords(String(listed.taker_fee_ppm))}
          </Fact>
          <Fact label="Protection">{ppmWords(String(listed.protection_ppm))}</Fact>
        </dl>
        <div className="ml-auto flex gap-2">
          <Button size="sm" onClick={onBand} aria-label={`Price band of ${listed.ticker}`}>
            <MoveVertical size={13} />
            Band
          </Button>
          {trades || !glance ? (
            <Button
              size="sm"
              tone="danger"
              className="w-20"
              disabled={!glance}
              busy={switching.isPending}
              onClick={() => setAsking(true)}
              aria-label={`Halt ${listed.ticker}`}
            >
              <Pause size={13} />
              Halt
            </Button>
          ) : (
            <Button
              size="sm"
              className="w-20"
              busy={switching.isPending}
              onClick={() => setAsking(true)}
              aria-label={`Resume ${listed.ticker}`}
            >
              <Play size={13} />
              Resume
            </Button>
          )}
        </div>
      </div>
      <Refused error={switching.error} className="mt-2" />
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={trades ? `Halt ${listed.ticker}?` : `Resume ${listed.ticker}?`}
        description={
          trades
            ? 'Nobody trades it until it is resumed. Resting orders stay and can be cancelled.'
            : 'Trading goes on at once with the orders that rest.'
        }
        action={trades ? 'Halt' : 'Resume'}
        danger={trades}
        onConfirm={() => switching.mutate(trades ? 'halt' : 'resume')}
      />
    </li>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="eyebrow">{label}</dt>
      <dd className="text-muted">{children}</dd>
    </div>
  )
}
