/** A market without bots, in which people have something to sell. */
import { ask, type Person, place, register } from './people'
import { sleep, Venue } from './venue'

/** Open a venue, have everybody buy some of the house, and send the house home. */
export async function quietMarket(
  names: readonly string[],
  ticker: string,
  shares: number,
): Promise<{ venue: Venue; people: Person[] }> {
  const venue = await Venue.start()
  const people: Person[] = []
  for (const name of names) {
    const person = await register(venue.url, name)
    people.push(person)
    for (let held = 0; held < shares; ) {
      const order = { ticker, side: 'buy', quantity: shares - held, type: 'market', time_in_force: 'IOC' }
      const placed = await place(venue.url, person, order).catch(() => null)
      held += Number(placed?.filled_quantity ?? 0)
      if (held < shares) await sleep(200)
    }
    await ask(venue.url, person, 'DELETE', 'orders')
  }
  await venue.reopen({ bots: false })
  return { venue, people }
}
