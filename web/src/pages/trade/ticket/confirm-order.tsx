import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { draftWords, optionWords } from '@/pages/trade/ticket/words'
import type { OrderDraft } from '@/trading/draft'
import type { Decimal } from '@/wire/decimal'

interface Props {
  /** What is asked about; null where nothing is. */
  draft: OrderDraft | null
  step: Decimal
  onAnswer: (yes: boolean) => void
}

/** The order once more, before it is sent. */
export function ConfirmOrder({ draft, step, onAnswer }: Props) {
  return (
    <Dialog open={draft !== null} onOpenChange={(open) => !open && onAnswer(false)} title="Send this order?">
      {draft && (
        <>
          <p className="font-medium">{draftWords(draft, step)}</p>
          <ul className="mt-2 text-muted text-xs">
            {optionWords(draft).map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
          <div className="mt-5 flex justify-end gap-2">
            <Button onClick={() => onAnswer(false)}>Back</Button>
            <Button autoFocus tone={draft.side === 'buy' ? 'up' : 'down'} onClick={() => onAnswer(true)}>
              {draft.side === 'buy' ? 'Buy' : 'Sell'}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  )
}
