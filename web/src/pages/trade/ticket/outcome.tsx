import { TriangleAlert } from 'lucide-react'
import { Button } from '@/components/button'
import { giveUp } from '@/pages/trade/ticket/submission'
import type { Form } from '@/pages/trade/ticket/use-form'
import { draftWords } from '@/pages/trade/ticket/words'
import type { StreamState } from '@/stream/state'
import { useStream } from '@/stream/store'
import type { OrderDraft } from '@/trading/draft'

/** Whether the venue has told of an order by its name, though its answer never came. */
const isKnown =
  (name: string | undefined) =>
  ({ own }: StreamState): boolean => {
    if (name === undefined) return false
    for (const order of own.open.values()) if (order.client_order_id === name) return true
    return own.ended.some((order) => order.client_order_id === name)
  }

/** What became of the order that was sent, where it is no success: the refusal, or that no answer came. */
export function Outcome({ form, onAgain }: { form: Form; onAgain: (draft: OrderDraft) => void }) {
  const { submission, terms, ticker } = form
  const { refusal, unanswered, unsent } = submission
  const known = useStream(isKnown(unanswered?.client_order_id))
  if (refusal && refusal.field === null) {
    return (
      <p role="alert" className="rounded-md bg-down-soft px-2.5 py-1.5 text-down text-xs">
        <bdi>{refusal.words}</bdi>
      </p>
    )
  }
  if (!unanswered) return null
  const what = draftWords(unanswered, terms.price_step)
  return (
    <div role="alert" className="rounded-md border border-warn bg-warn-soft p-2.5 text-xs">
      <p className="flex items-start gap-1.5 font-medium text-warn">
        <TriangleAlert size={14} className="mt-px shrink-0" aria-hidden />
        {known ? 'The order has arrived' : unsent ? 'The order was not sent' : 'No answer came'}
      </p>
      <p className="mt-1 text-text">
        {what}.{' '}
        {known
          ? 'It stands among your orders.'
          : unsent
            ? 'There is no connection to the venue.'
            : 'The venue may have it or not. Sent again it has one effect, not two.'}
      </p>
      <div className="mt-2 flex gap-2">
        {!known && (
          <Button size="sm" tone="accent" onClick={() => onAgain(unanswered)}>
            Send again
          </Button>
        )}
        <Button size="sm" onClick={() => giveUp(ticker)}>
          {known ? 'Good' : 'Leave it'}
        </Button>
      </div>
    </div>
  )
}
