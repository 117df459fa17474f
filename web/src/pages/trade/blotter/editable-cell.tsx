import { clsx } from 'clsx'
import { Pencil } from 'lucide-react'
import { Popover } from 'radix-ui'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { formatExact, formatStep } from '@/format/numbers'
import { canEdit, type Edited, PLACE_WORDS } from '@/pages/trade/blotter/change-of'
import {
  beginEditing,
  type Editing,
  sendEditing,
  stopEditing,
  typeInto,
  useEditing,
} from '@/pages/trade/blotter/editing'
import { useSteps } from '@/pages/trade/blotter/instruments-context'
import { toText } from '@/wire/decimal'
import type { Order } from '@/wire/views'

const LABEL: Readonly<Record<Edited, string>> = {
  price: 'Price',
  stop_price: 'Stop price',
  quantity: 'Quantity',
}

/** A price or a quantity of a working order that can be changed where it stands. */
export function EditableCell({ order, field }: { order: Order; field: Edited }) {
  const editing = useEditing((state) =>
    state.editing?.order.order_id === order.order_id && state.editing.field === field ? state.editing : null,
  )
  const { price_step } = useSteps(order.ticker)
  const value = order[field]
  if (value === null || !canEdit(order, field)) return <span className="text-faint">–</span>
  if (editing) return <Editor editing={editing} />
  const text = field === 'quantity' ? formatExact(value) : formatStep(value, price_step)
  return <Shown order={order} field={field} text={text} />
}

/** A click alone does nothing: somebody may be about to mark the row. */
function Shown({ order, field, text }: { order: Order; field: Edited; text: string }) {
  const begin = () => beginEditing(order, field)
  return (
    <button
      type="button"
      data-order={order.order_id}
      data-cell={field}
      aria-label={`${LABEL[field]} ${text}. Enter changes it, Delete cancels the order.`}
      title={`Double-click to change. ${PLACE_WORDS[field]}`}
      onDoubleClick={begin}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return
        event.preventDefault()
        begin()
      }}
      className="group/edit tabular inline-flex max-w-full items-center gap-1 rounded-sm outline-offset-0"
    >
      <Pencil
        size={11}
        aria-hidden
        onClick={begin}
        className="shrink-0 invisible text-faint hover:text-text group-hover/edit:visible group-focus-visible/edit:visible pointer-coarse:visible"
      />
      <span>{text}</span>
    </button>
  )
}

function Editor({ editing }: { editing: Editing }) {
  const { order, field, text, words, busy } = editing
  const input = useRef<HTMLInputElement>(null)
  const steps = useSteps(order.ticker)
  useEffect(() => {
    const field_ = input.current
    field_?.focus()
    field_?.select()
    // Back to where the keyboard was, once the cell stands there again.
    return () => {
      if (document.activeElement !== field_ && document.activeElement !== document.body) return
      requestAnimationFrame(() => cellOf(order.order_id, field)?.focus())
    }
  }, [order.order_id, field])

  const press = (event: KeyboardEvent) => {
    // The keys of the page are not meant: Escape leaves the cell and cancels nothing.
    event.stopPropagation()
    if (event.key === 'Enter') {
      event.preventDefault()
      void sendEditing(steps)
    }
    if (event.key === 'Escape') stopEditing()
  }
  const left = () => {
    const before = order[field]
    if (!busy && before !== null && text === toText(before)) stopEditing()
  }
  return (
    <Popover.Root open onOpenChange={(open) => !open && stopEditing()}>
      <Popover.Anchor asChild>
        <input
          ref={input}
          value={text}
          onChange={(event) => typeInto(event.target.value)}
          onKeyDown={press}
          onBlur={left}
          readOnly={busy}
          aria-busy={busy}
          aria-label={LABEL[field]}
          aria-invalid={words !== null}
          aria-describedby="blotter-edit-words"
          inputMode="decimal"
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          className={clsx(
            'tabular h-6 w-full min-w-0 rounded border bg-well px-1 text-right outline-none focus:ring-1',
            words ? 'border-down focus:ring-down' : 'border-accent focus:ring-accent',
            busy && 'animate-breathe',
          )}
        />
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          side="bottom"
          align="end"
          sideOffset={4}
          aria-label={`About the ${LABEL[field].toLowerCase()}`}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onInteractOutside={(event) => event.preventDefault()}
          className="z-30 max-w-64 rounded-md border border-line bg-raised px-2.5 py-1.5 text-xs shadow-float"
        >
          <div id="blotter-edit-words">
            {words ? (
              <p role="alert" className="text-down">
                <bdi>{words}</bdi>
              </p>
            ) : (
              <p className="text-muted">{PLACE_WORDS[field]}</p>
            )}
          </div>
          <p className="mt-0.5 text-2xs text-faint">{busy ? 'Sending' : 'Enter sends, Esc leaves'}</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** The cell of an order on the page, if its row is in sight. */
const cellOf = (orderId: string, field: string): HTMLElement | null =>
  document.querySelector(`[data-order="${CSS.escape(orderId)}"][data-cell="${field}"]`)
