import { useState } from 'react'
import { Button } from '@/components/button'
import { Confirm } from '@/components/dialog'
import { act } from '@/trading/act'
import { cancelAll } from '@/trading/orders'
import type { Ticker } from '@/wire/reading'

/** Cancel all orders that are listed: of one market, or of all. */
export function CancelAll({ ticker, count }: { ticker: Ticker | undefined; count: number }) {
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const orders = count === 1 ? 'order' : 'orders'
  const where = ticker ? `in ${ticker}` : 'in all markets'
  const cancel = async () => {
    setBusy(true)
    await act(cancelAll(ticker), (ended) => `${ended} ${ended === 1 ? 'order' : 'orders'} cancelled`)
    setBusy(false)
  }
  return (
    <>
      <Button
        size="sm"
        tone="danger"
        busy={busy}
        disabled={count === 0}
        onClick={() => setAsking(true)}
        title={`Cancel all open orders ${where}`}
      >
        Cancel all
      </Button>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Cancel ${count} open ${orders}?`}
        description={`All your open orders ${where} are cancelled. What is filled stays.`}
        action={`Cancel ${count === 1 ? 'it' : 'them'}`}
        danger
        onConfirm={() => void cancel()}
      />
    </>
  )
}
