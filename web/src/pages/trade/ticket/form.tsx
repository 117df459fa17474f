import { type FormEvent, useRef, useState } from 'react'
import { toast } from 'sonner'
import { announce } from '@/components/announcer'
import { useShortcuts } from '@/keyboard/shortcuts'
import { ChoiceRow } from '@/pages/trade/ticket/choice-row'
import { ConfirmOrder } from '@/pages/trade/ticket/confirm-order'
import { draftOf } from '@/pages/trade/ticket/draft-of'
import type { Terms } from '@/pages/trade/ticket/estimate'
import { useHabits } from '@/pages/trade/ticket/habits'
import { MoreOptions } from '@/pages/trade/ticket/more-options'
import { Outcome } from '@/pages/trade/ticket/outcome'
import { PriceFields } from '@/pages/trade/ticket/price-fields'
import { QuantityField } from '@/pages/trade/ticket/quantity-field'
import { SendButton } from '@/pages/trade/ticket/send-button'
import { submit } from '@/pages/trade/ticket/submission'
import { Summary } from '@/pages/trade/ticket/summary'
import { useForm } from '@/pages/trade/ticket/use-form'
import { useSession } from '@/session/store'
import { placedWords } from '@/trading/act'
import type { OrderDraft } from '@/trading/draft'
import type { OrderType, Side, Ticker } from '@/wire/reading'

const TYPES: readonly { value: OrderType; label: string; title: string }[] = [
  { value: 'limit', label: 'Limit', title: 'At a price or better' },
  { value: 'market', label: 'Market', title: 'At once, at the best prices there are' },
  { value: 'stop', label: 'Stop', title: 'At the market once a price trades' },
  { value: 'stop_limit', label: 'Stop limit', title: 'A limit order once a price trades' },
]

const SIDES: readonly { value: Side; label: string; taken: string }[] = [
  { value: 'buy', label: 'Buy', taken: 'bg-up-fill text-on-fill' },
  { value: 'sell', label: 'Sell', taken: 'bg-down-fill text-on-fill' },
]

/** The ticket: from what somebody wants to an order that the venue has taken. */
export function TicketForm({ ticker, terms }: { ticker: Ticker; terms: Terms }) {
  const form = useForm(ticker, terms)
  const { ticket, fitted, rules, reading, submission, edit } = form
  const signedIn = useSession((state) => state.me !== null)
  const ask = useHabits((state) => state.ask)
  const [asking, setAsking] = useState<OrderDraft | null>(null)
  const quantityInput = useRef<HTMLInputElement>(null)
  const body = useRef<HTMLFormElement>(null)
  const typed = useRef(ticket)
  typed.current = ticket

  const begin = (side: Side) => {
    edit({ side })
    quantityInput.current?.focus()
    quantityInput.current?.select()
  }
  useShortcuts('Order', [
    { keys: 'b', label: 'Buy', run: () => begin('buy') },
    { keys: 's', label: 'Sell', run: () => begin('sell') },
  ])

  const send = async (draft: OrderDraft, quantity: string) => {
    const placed = await submit(draft)
    if (!placed) return
    const words = placedWords(placed)
    const ended = placed.status === 'cancelled' || placed.status === 'expired'
    if (ended) toast.info(words)
    else toast.success(words)
    announce(words)
    form.show(false)
    // What somebody has typed since stays.
    if (typed.current.quantity === quantity) edit({ quantity: '', displayQuantity: '' })
  }

  const wanted = (event: FormEvent) => {
    event.preventDefault()
    if (!signedIn || submission.busy || submission.unanswered || form.closed) return
    if (!reading.order) {
      form.show(true)
      // Where the first mistake is, once it is marked.
      requestAnimationFrame(() =>
        body.current?.querySelector<HTMLInputElement>('input[aria-invalid="true"]')?.focus(),
      )
      return
    }
    const draft = draftOf(ticker, reading.order)
    if (ask) setAsking(draft)
    else void send(draft, ticket.quantity)
  }

  return (
    <form
      ref={body}
      onSubmit={wanted}
      noValidate
      aria-label={`Order in ${ticker}`}
      className="@container h-full overflow-y-auto bg-panel"
    >
      <div className="mx-auto flex min-h-full max-w-lg flex-col gap-2.5 p-3">
        <ChoiceRow
          label="Side"
          value={ticket.side}
          choices={SIDES}
          onChange={(side) => edit({ side })}
          large
        />
        <ChoiceRow
          label="Order type"
          value={ticket.type}
          choices={TYPES.map((type) => ({ ...type, reason: rules.types[type.value] }))}
          onChange={(type) => edit({ type })}
        />
        <PriceFields form={form} />
        <QuantityField form={form} inputRef={quantityInput} />
        <MoreOptions form={form} />
        <Summary
          ticker={ticker}
          terms={terms}
          ticket={fitted}
          means={form.means}
          trading={form.quotes.trading}
        />
        <Outcome form={form} onAgain={(draft) => void send(draft, ticket.quantity)} />
        <SendButton form={form} />
      </div>
      <ConfirmOrder
        draft={asking}
        step={terms.price_step}
        onAnswer={(yes) => {
          setAsking(null)
          if (yes && asking) void send(asking, ticket.quantity)
        }}
      />
    </form>
  )
}
