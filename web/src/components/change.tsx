import { clsx } from 'clsx'
import { formatPercent } from '@/format/numbers'

/** The colour of a difference. */
export const toneOf = (difference: number | bigint): string =>
  difference > 0 ? 'text-up' : difference < 0 ? 'text-down' : 'text-muted'

/** A change as per cent, with a sign and in the colour of its direction. */
export function Change({ part, className }: { part: number; className?: string }) {
  return <span className={clsx('tabular', toneOf(part), className)}>{formatPercent(part)}</span>
}
