/** Why an order ended, as its owner would say it. */
import { words } from '@/format/words'

const REASONS: Readonly<Record<string, string>> = {
  by_owner: 'Cancelled by you',
  mass_cancel: 'Cancelled with others at once',
  immediate_remainder: 'No more could trade at once',
  not_filled_whole: 'It could not fill whole',
  self_trade: 'It met your own order',
  expiry_passed: 'Its date has passed',
  day_over: 'The day is over',
  nothing_to_reduce: 'Nothing is left to reduce',
  account_liquidated: 'The account is being liquidated',
  instrument_settled: 'The market is settled',
  circuit_breaker: 'A trade would have passed the circuit breaker',
  band_moved: 'It lies outside the new price band',
  book_full: 'The book is full',
  post_only: 'Post only: it would have traded at once',
}

/** In words; nothing where there is no reason. A reason of a later venue is said as its name. */
export const reasonWords = (reason: string | null): string =>
  reason === null ? '' : Object.hasOwn(REASONS, reason) ? (REASONS[reason] ?? '') : words(reason)
