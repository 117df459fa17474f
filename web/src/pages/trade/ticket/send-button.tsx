import { Link } from 'wouter'
import { Button } from '@/components/button'
import { formatExact } from '@/format/numbers'
import type { Form } from '@/pages/trade/ticket/use-form'
import { useSession } from '@/session/store'

/** The button that sends the order, or why there is none. */
export function SendButton({ form }: { form: Form }) {
  const { ticket, ticker, reading, submission, closed } = form
  const standing = useSession((state) => state.standing)
  const next = `/trade/${encodeURIComponent(ticker)}`
  const side = ticket.side === 'buy' ? 'Buy' : 'Sell'
  const quantity = reading.order ? `${formatExact(reading.order.quantity)} ` : ''
  return (
    <div className="sticky bottom-0 -mx-3 -mb-3 bg-panel px-3 pt-1 pb-3">
      {closed && <p className="mb-2 rounded-md bg-warn-soft px-2.5 py-1.5 text-warn text-xs">{closed}</p>}
      {standing === 'signed_out' ? (
        <Link
          href={`/sign-in?next=${encodeURIComponent(next)}`}
          className="flex h-10 items-center justify-center rounded-md bg-accent-fill font-medium text-on-fill hover:brightness-110"
        >
          Sign in to trade
        </Link>
      ) : (
        <Button
          type="submit"
          size="lg"
          tone={ticket.side === 'buy' ? 'up' : 'down'}
          className="w-full"
          busy={submission.busy || standing === 'asking'}
          disabled={closed !== null || submission.unanswered !== null}
        >
          <span className="truncate">{submission.busy ? 'Sending' : `${side} ${quantity}${ticker}`}</span>
        </Button>
      )}
    </div>
  )
}
