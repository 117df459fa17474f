/** Two browsers in one market without bots: what one does the other sees. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, type Visit, visit } from './support/browser'
import { quietMarket } from './support/market'
import { bringIn, type Person } from './support/people'
import { level, order, rows, send, tab, ticket } from './support/trading'
import type { Venue } from './support/venue'

const SHARES = 10

let venue: Venue
let browser: Browser
let seller: Person
let buyer: Person

beforeAll(async () => {
  const [market, launched] = await Promise.all([quietMarket(['seller', 'buyer'], 'FUN', SHARES), launch()])
  browser = launched
  venue = market.venue
  const [first, second] = market.people
  if (!first || !second) throw new Error('nobody came')
  seller = first
  buyer = second
})
afterAll(async () => {
  await browser.close()
  await venue.close()
})

async function arrive(person: Person): Promise<Visit> {
  const visitor = await visit(browser, venue.url, '/status')
  await bringIn(venue.url, visitor.context, person)
  await visitor.page.goto(`${venue.url}/#/trade/FUN`)
  await visitor.page.reload()
  await ticket(visitor.page).waitFor()
  return visitor
}

const newestTrade = (page: Page) => rows(page, 'Trades').first()

test('an order of one is in the book of the other, who trades with it, and both see the fill', async () => {
  const [his, hers] = [await arrive(seller), await arrive(buyer)]

  await order(his.page, { side: 'Sell', price: '101.5', quantity: '4' })
  await level(his.page, '101.50').waitFor()
  await level(hers.page, '101.50').waitFor()
  expect(await level(hers.page, '101.50').getAttribute('aria-label')).toMatch(/size 4, total 4$/)
  expect(await level(his.page, '101.50').getAttribute('aria-label')).toMatch(/your own 4$/)

  // A click on the level takes its price into the ticket.
  await level(hers.page, '101.50').click()
  expect(await ticket(hers.page).getByLabel('Price', { exact: true }).inputValue()).toBe('101.5')
  await ticket(hers.page).getByLabel('Quantity', { exact: true }).fill('3')
  await send(hers.page)

  for (const { page } of [his, hers]) {
    await newestTrade(page).filter({ hasText: '101.50' }).waitFor()
    await tab(page, 'Fills')
    await rows(page, 'Fills').filter({ hasText: '101.50' }).first().waitFor()
    await tab(page, 'Positions')
  }
  await rows(his.page, 'Positions')
    .filter({ hasText: 'FUN' })
    .getByText(String(SHARES - 3), { exact: true })
    .first()
    .waitFor()
  await rows(hers.page, 'Positions')
    .filter({ hasText: 'FUN' })
    .getByText(String(SHARES + 3), { exact: true })
    .first()
    .waitFor()

  // One of four is left, in its place, for both.
  await tab(his.page, 'Open orders')
  await rows(his.page, 'Open orders').filter({ hasText: 'Partly filled' }).waitFor()
  expect(await level(hers.page, '101.50').getAttribute('aria-label')).toMatch(/size 1,/)

  expect(his.complaints.except()).toEqual([])
  expect(hers.complaints.except()).toEqual([])
  await his.context.close()
  await hers.context.close()
})
