/** Steering from buttons and keys: what is refused is told. */
import { toast } from 'sonner'
import { announce } from '@/components/announcer'
import { errorWords } from '@/format/words'

/** Do something; tell how it went. Whether it went well. */
export async function steered(doing: Promise<unknown>, done: string | null = null): Promise<boolean> {
  try {
    await doing
    if (done !== null) announce(done)
    return true
  } catch (error) {
    const words = errorWords(error)
    toast.error(words)
    announce(words, true)
    return false
  }
}
