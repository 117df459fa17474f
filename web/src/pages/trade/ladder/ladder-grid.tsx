import { clsx } from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type MouseEvent, type Ref, useId, useImperativeHandle, useMemo, useRef, useState } from 'react'
import { announce } from '@/components/announcer'
import { formatStep } from '@/format/numbers'
import { useTape } from '@/hooks/use-channels'
import { useSize } from '@/hooks/use-size'
import { aimAt, cancelThese, isArmed, moveThese, pick } from '@/pages/trade/ladder/actions'
import { middleRow, placeOfRow, rowsIn, rowUnder } from '@/pages/trade/ladder/grid'
import { COLUMNS, LadderRow, ROW_HEIGHT } from '@/pages/trade/ladder/ladder-row'
import { ladderRows } from '@/pages/trade/ladder/rows'
import { useLadderSettings } from '@/pages/trade/ladder/settings'
import { useGridKeys } from '@/pages/trade/ladder/use-grid-keys'
import { useOwnCells } from '@/pages/trade/ladder/use-ladder'
import { useMoving } from '@/pages/trade/ladder/use-moving'
import { useProfile } from '@/pages/trade/ladder/use-profile'
import { useSpan } from '@/pages/trade/ladder/use-span'
import { useWheel } from '@/pages/trade/ladder/use-wheel'
import type { Book } from '@/stream/book'
import { priceOfGroup } from '@/trading/grouping'
import { pickPrice } from '@/trading/ticket'
import type { Decimal } from '@/wire/decimal'
import type { Side, Ticker } from '@/wire/reading'

/** What others may ask of the rows. */
export interface GridHandle {
  readonly centre: () => void
  readonly focus: () => void
}

interface Props {
  ticker: Ticker
  book: Book
  step: Decimal
  unit: Decimal
  armed: boolean
  /** The average price of what is held. */
  entry: Decimal | null
  handle: Ref<GridHandle>
}

const HEADS = [
  ['own-buy', 'Mine', 'text-left'],
  ['buy', 'Bid', 'text-right'],
  ['price', 'Price', 'pl-2.5!'],
  ['sell', 'Ask', 'text-left'],
  ['own-sell', 'Mine', 'text-right'],
  ['volume', 'Vol', 'hidden text-right @min-[18.5rem]:block'],
] as const

/** What was pressed, and in which row. */
function pressed(event: MouseEvent): { cell: string; row: bigint } | null {
  if (!(event.target instanceof Element)) return null
  const cell = event.target.closest<HTMLElement>('[data-cell]')?.dataset.cell
  const row = event.target.closest<HTMLElement>('[data-row]')?.dataset.row
  return cell === undefined || row === undefined ? null : { cell, row: BigInt(row) }
}

/** The rows of the ladder, and all that can be done in them with the pointer and the keyboard. */
export function LadderGrid({ ticker, book, step, unit, armed, entry, handle }: Props) {
  const name = useId()
  const [measure, { height }] = useSize<HTMLDivElement>()
  const box = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const { trades } = useTape(ticker)
  const last = trades[0] ?? null
  const count = rowsIn(height, ROW_HEIGHT)
  const middle = middleRow(book, last?.price ?? null, unit)
  const autoCentre = useLadderSettings((state) => state.autoCentre)
  const [cursor, setCursor] = useState<bigint | null>(null)
  const [focused, setFocused] = useState(false)
  const [hovered, setHovered] = useState(false)
  const held = (hovered && armed) || (focused && cursor !== null)
  const { span, centre, scroll, show } = useSpan({ count, middle, autoCentre, held })
  const sides = useOwnCells(ticker, unit, step)
  const volumes = useProfile(ticker, trades, unit)
  useWheel(body, ROW_HEIGHT, scroll)
  useImperativeHandle(handle, () => ({ centre, focus: () => box.current?.focus() }), [centre])

  const priceAt = (row: bigint) => priceOfGroup(row, unit)
  const ordersAt = (side: Side, row: bigint) => sides[side].own.get(row)?.orders ?? []
  const { moving, handlers, takeUp, carryTo, setDown } = useMoving({
    rowAt: (y) => rowUnder(y - (body.current?.getBoundingClientRect().top ?? 0), ROW_HEIGHT, span),
    canMove: () => isArmed(ticker),
    onMove: (side, from, to) => moveThese(ordersAt(side, from), priceAt(to), step),
    onPress: (side, row) => cancelThese(ordersAt(side, row)),
    onAbort: ({ byKeys, from }) => byKeys && goTo(from),
  })
  const shownCursor = focused ? cursor : null
  const rows = useMemo(
    () =>
      ladderRows({
        name,
        span,
        unit,
        step,
        book,
        volumes,
        ...sides,
        last,
        cursor: shownCursor,
        entry,
        moving,
        armed,
      }),
    [name, span, unit, step, book, volumes, sides, last, shownCursor, entry, moving, armed],
  )

  const goTo = (row: bigint) => {
    const to = row < 1n ? 1n : row
    setCursor(to)
    show(to)
    carryTo(to)
  }
  const click = (event: MouseEvent) => {
    const press = pressed(event)
    if (!press) return
    const price = priceAt(press.row)
    if (press.cell === 'buy' || press.cell === 'sell') {
      aimAt({ ticker, side: press.cell, price, step, immediate: event.shiftKey })
    } else if (press.cell === 'price') {
      pickPrice(ticker, price)
      announce(`Price ${formatStep(price, step)} is in the order`)
    } else if (!armed && event.target instanceof Element && event.target.closest('[data-own]')) {
      announce('Turn one-click trading on to cancel or move orders here')
      pickPrice(ticker, price)
    }
  }
  const here = cursor ?? middle
  const keys = useGridKeys({
    step: (by) => here !== null && goTo(cursor === null ? here : here + BigInt(by)),
    page: (by) => here !== null && goTo(here + BigInt(by * Math.max(1, count - 2))),
    home: () => {
      centre()
      if (middle !== null) goTo(middle)
    },
    aim: (side, immediate) =>
      cursor !== null && aimAt({ ticker, side, price: priceAt(cursor), step, immediate }),
    pick: () => {
      if (moving?.byKeys) return setDown()
      if (cursor === null || middle === null) return
      pick({ ticker, side: cursor <= middle ? 'buy' : 'sell', price: priceAt(cursor), step })
    },
    cancel: () => {
      if (cursor === null) return
      const orders = [...ordersAt('buy', cursor), ...ordersAt('sell', cursor)]
      if (isArmed(ticker)) cancelThese(orders)
      else announce('Turn one-click trading on to cancel orders here')
    },
    move: () => {
      if (moving?.byKeys) return setDown()
      if (cursor === null || !isArmed(ticker)) return
      const side = ordersAt('buy', cursor).length > 0 ? 'buy' : 'sell'
      if (ordersAt(side, cursor).length === 0) return
      takeUp(side, cursor)
      announce('Taken up: arrows carry it, M sets it down, Escape leaves it')
    },
  })
  const away =
    middle === null || span.count === 0 || placeOfRow(middle, span) !== null
      ? null
      : middle > span.top
        ? 'above'
        : 'below'
  const inSight = shownCursor !== null && placeOfRow(shownCursor, span) !== null

  return (
    <div
      ref={box}
      role="grid"
      aria-label={`Ladder of ${ticker}`}
      aria-activedescendant={inSight ? `${name}-${shownCursor}` : undefined}
      tabIndex={0}
      onKeyDown={keys}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      className="flex min-h-0 flex-1 flex-col focus-visible:outline-offset-[-2px]"
    >
      <div role="row" className={clsx(COLUMNS, 'eyebrow h-6 shrink-0 items-center border-line border-b')}>
        {HEADS.map(([cell, head, look]) => (
          <span role="columnheader" key={cell} className={clsx('truncate px-1.5', look)}>
            {head}
          </span>
        ))}
      </div>
      <div ref={measure} className="relative min-h-0 flex-1">
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the grid around it */}
        <div
          ref={body}
          role="rowgroup"
          onClick={click}
          onMouseEnter={() => setHovered(true)}
          onMouseLeave={() => setHovered(false)}
          {...handlers}
          className={clsx(
            'absolute inset-0 touch-none select-none overflow-hidden',
            moving && 'cursor-grabbing',
          )}
        >
          {rows.map((row) => (
            <LadderRow key={row.id} {...row} />
          ))}
        </div>
        {away !== null && (
          <button
            type="button"
            onClick={centre}
            className={clsx(
              'absolute left-1/2 z-10 flex -translate-x-1/2 animate-rise items-center gap-1 rounded-full bg-accent-fill px-2.5 py-0.5 font-medium text-on-fill text-xs shadow-float hover:brightness-110',
              away === 'above' ? 'top-1.5' : 'bottom-1.5',
            )}
          >
            {away === 'above' ? <ArrowUp size={12} aria-hidden /> : <ArrowDown size={12} aria-hidden />}
            To the market
          </button>
        )}
      </div>
    </div>
  )
}
