/** How long a bar is beside a figure. */
import type { Decimal } from '@/wire/decimal'

/** A part of a whole in steps of a fiftieth, so that a bar is painted again only where it can be seen. */
export function barOf(part: Decimal, whole: Decimal): number {
  if (whole <= 0n || part <= 0n) return 0
  const share = Number((part * 50n) / whole) * 2
  return Math.min(100, Math.max(2, share))
}
