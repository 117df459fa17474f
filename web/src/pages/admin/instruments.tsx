import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/button'
import { Panel } from '@/components/panel'
import { Empty, Failed, SkeletonRows } from '@/components/states'
import { useInstruments } from '@/hooks/use-instruments'
import { BandDialog } from '@/pages/admin/band-dialog'
import { InstrumentRow } from '@/pages/admin/instrument-row'
import { ListInstrument } from '@/pages/admin/list-instrument'
import type { Instrument } from '@/wire/views'

/** What is listed: stop it, let it go on, bound its prices; and list another. */
export function Instruments() {
  const { data, error, refetch } = useInstruments()
  const [listing, setListing] = useState(false)
  const [bounding, setBounding] = useState<Instrument | null>(null)
  return (
    <Panel
      title="Instruments"
      tools={
        <Button size="sm" tone="accent" disabled={!data} onClick={() => setListing(true)}>
          <Plus size={13} />
          List an instrument
        </Button>
      }
    >
      {data ? (
        data.instruments.length === 0 ? (
          <Empty title="Nothing is listed" />
        ) : (
          <ul aria-label="Instruments">
            {data.instruments.map((listed) => (
              <InstrumentRow key={listed.ticker} listed={listed} onBand={() => setBounding(listed)} />
            ))}
          </ul>
        )
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows />
      )}
      {data && <ListInstrument open={listing} onOpenChange={setListing} known={data} />}
      {bounding && <BandDialog listed={bounding} onClose={() => setBounding(null)} />}
    </Panel>
  )
}
