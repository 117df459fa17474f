/** Trading actions as the page's buttons and keys start them: done, they are told; refused, the reason is told. */
import { toast } from 'sonner'
import { announce } from '@/components/announcer'
import { formatExact } from '@/format/numbers'
import { errorWords } from '@/format/words'
import type { Placed } from '@/wire/views'

/** Do something and tell how it went; whether it went well. */
export async function act<T>(doing: Promise<T>, done: (result: T) => string | null): Promise<boolean> {
  try {
    const words = done(await doing)
    if (words) {
      toast.success(words)
      announce(words)
    }
    return true
  } catch (error) {
    const words = errorWords(error)
    toast.error(words)
    announce(words, true)
    return false
  }
}

/** What became of an order, in words. */
export function placedWords(placed: Placed): string {
  const what = `${placed.side === 'buy' ? 'Buy' : 'Sell'} ${formatExact(placed.quantity)} ${placed.ticker}`
  switch (placed.status) {
    case 'filled':
      return `${what}: filled`
    case 'partial':
      return `${what}: ${formatExact(placed.filled_quantity)} filled, the rest is working`
    case 'open':
      return `${what}: working`
    default:
      return placed.filled_quantity > 0n
        ? `${what}: ${formatExact(placed.filled_quantity)} filled, the rest ended`
        : `${what}: ended unfilled`
  }
}
