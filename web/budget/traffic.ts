/** Trades at a steady rate: people who buy one and sell one, over and over, at the market. */
import { type Person, place, register } from '../journeys/support/people'
import { sleep } from '../journeys/support/venue'

/** Below what an account may send in a second, and above what one trade costs. */
const PER_PERSON = 60

export interface Traffic {
  /** Trades that were made so far. */
  readonly trades: () => number
  readonly stop: () => Promise<void>
}

async function person(url: string, name: string): Promise<Person> {
  return register(url, name)
}

/** Begin to trade `rate` times a second in a market. */
export async function begin(url: string, ticker: string, rate: number): Promise<Traffic> {
  const people = await Promise.all(
    Array.from({ length: Math.ceil(rate / PER_PERSON) }, (_, place) => person(url, `traffic-${place}`)),
  )
  let trades = 0
  let running = true
  const each = rate / people.length
  const work = people.map(async (who) => {
    const started = performance.now()
    for (let sent = 0; running; sent += 1) {
      const side = sent % 2 === 0 ? 'buy' : 'sell'
      const due = started + (sent * 1_000) / each
      const wait = due - performance.now()
      if (wait > 0) await sleep(wait)
      try {
        const order = { ticker, side, quantity: 1, type: 'market', time_in_force: 'IOC' }
        const placed = await place(url, who, order)
        trades += Array.isArray(placed.trades) ? placed.trades.length : 0
      } catch {
        // A book that is empty for a moment, or a sale without a share: the next one trades.
      }
    }
  })
  return {
    trades: () => trades,
    stop: async () => {
      running = false
      await Promise.all(work)
    },
  }
}
