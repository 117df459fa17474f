/** Which options of an order exclude one another, and what a market's phase takes: the core's checks, in words. */
import type { Ticket } from '@/trading/ticket'
import type { Decimal } from '@/wire/decimal'
import type { OrderType, TimeInForce } from '@/wire/reading'

/** Null where an option can be had, else why not. */
type Reason = string | null

export interface Rules {
  readonly types: Readonly<Record<OrderType, Reason>>
  readonly lives: Readonly<Record<TimeInForce, Reason>>
  readonly display: Reason
  readonly postOnly: Reason
  readonly reduceOnly: Reason
  /** Why the ticket as it stands is not taken now. */
  readonly closed: Reason
}

const PHASES_SHUT: Readonly<Record<string, string>> = {
  halt: 'Trading is halted. Until it goes on orders can only be cancelled.',
  close: 'The market is closed. Until it opens orders can only be cancelled.',
  settled: 'The market is settled: nothing is traded in it any more.',
}
const NO_MATCHING = 'Nothing matches before the auction ends'
const NEVER_RESTS = 'A market order never rests'

const waits = (phase: string): boolean => phase === 'pre_open' || phase === 'auction'
const atOnce = (life: TimeInForce): boolean => life === 'IOC' || life === 'FOK'
const priced = (type: OrderType): boolean => type === 'limit' || type === 'stop_limit'

/** The time in force that is meant: a market order knows two. */
export const lifeOf = (ticket: Ticket): TimeInForce =>
  ticket.type === 'market' && ticket.timeInForce !== 'FOK' ? 'IOC' : ticket.timeInForce

function livesOf(ticket: Ticket, waiting: boolean): Rules['lives'] {
  const market = ticket.type === 'market'
  const sleeps = ticket.type === 'stop' || ticket.type === 'stop_limit'
  const rest = market ? NEVER_RESTS : null
  const now = waiting && !sleeps ? NO_MATCHING : null
  return { GTC: rest, DAY: rest, GTD: rest, IOC: now, FOK: now }
}

function restingReason(ticket: Ticket): Reason {
  if (!priced(ticket.type)) return 'Only for orders with a limit price'
  if (atOnce(ticket.timeInForce)) return `Not with ${ticket.timeInForce}: such an order never rests`
  return null
}

function closedReason(ticket: Ticket, phase: string, lives: Rules['lives']): Reason {
  const shut = PHASES_SHUT[phase]
  if (shut) return shut
  if (!waits(phase)) return null
  if (ticket.type === 'market') return 'Market orders are taken when trading has begun.'
  return lives[lifeOf(ticket)] ? 'IOC and FOK orders are taken when trading has begun.' : null
}

/** The rules for a ticket as it stands, in a market's phase, with what is held of it. */
export function rulesOf(ticket: Ticket, phase: string, held: Decimal): Rules {
  const waiting = waits(phase)
  const resting = restingReason(ticket)
  const lives = livesOf(ticket, waiting)
  return {
    types: { limit: null, market: waiting ? NO_MATCHING : null, stop: null, stop_limit: null },
    lives,
    display: resting,
    postOnly: resting ?? (waiting ? NO_MATCHING : null),
    reduceOnly: reduceReason(ticket, held),
    closed: closedReason(ticket, phase, lives),
  }
}

function reduceReason(ticket: Ticket, held: Decimal): Reason {
  if (ticket.side === 'buy' && held >= 0n) return 'There is no short position that a buy would reduce'
  if (ticket.side === 'sell' && held <= 0n) return 'There is no position that a sale would reduce'
  return null
}

/** The ticket without options that its others exclude. They stay chosen, for when they can be had again. */
export function fitting(ticket: Ticket, rules: Rules): Ticket {
  return {
    ...ticket,
    timeInForce: lifeOf(ticket),
    displayQuantity: rules.display === null ? ticket.displayQuantity : '',
    postOnly: ticket.postOnly && rules.postOnly === null,
    reduceOnly: ticket.reduceOnly && rules.reduceOnly === null,
  }
}
