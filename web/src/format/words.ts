/** The venue's words as people say them. */
import type { Me } from '@/wire/api'
import type { OrderStatus, OrderType } from '@/wire/reading'

const STATUS: Readonly<Record<OrderStatus, string>> = {
  open: 'Open',
  partial: 'Partly filled',
  filled: 'Filled',
  cancelled: 'Cancelled',
  expired: 'Expired',
}
export const statusWord = (status: OrderStatus): string => STATUS[status]

const TYPE: Readonly<Record<OrderType, string>> = {
  limit: 'Limit',
  market: 'Market',
  stop: 'Stop',
  stop_limit: 'Stop limit',
}
export const typeWord = (type: OrderType): string => TYPE[type]

const ROLE: Readonly<Record<Me['role'], string>> = {
  admin: 'Administrator',
  trader: 'Trader',
  house: 'House bot',
}
export const roleWord = (role: Me['role']): string => ROLE[role]

const PHASE: Readonly<Record<string, string>> = {
  continuous: 'Trading',
  halt: 'Halted',
  halted: 'Halted',
  auction: 'Auction',
  pre_open: 'Pre-open',
  close: 'Closed',
  closed: 'Closed',
}
export const phaseWord = (phase: string): string => PHASE[phase] ?? words(phase)

/** A code such as `insufficient_cash` as words: Insufficient cash. */
export function words(code: string): string {
  const text = code.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What went wrong, for people. */
export function errorWords(error: unknown): string {
  const text = error instanceof Error ? error.message : 'something went wrong'
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}
