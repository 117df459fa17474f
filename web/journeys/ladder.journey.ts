/** The price ladder by mouse and by keyboard, against a venue in which nobody else trades. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, visit } from './support/browser'
import { quietMarket } from './support/market'
import { ask, bringIn, type Person } from './support/people'
import { ticket } from './support/trading'
import { sleep, type Venue } from './support/venue'

let venue: Venue
let browser: Browser
let trader: Person

beforeAll(async () => {
  const [market, launched] = await Promise.all([quietMarket(['climber'], 'FUN', 5), launch()])
  browser = launched
  venue = market.venue
  const [first] = market.people
  if (!first) throw new Error('nobody came')
  trader = first
})
afterAll(async () => {
  await browser.close()
  await venue.close()
})

interface Working {
  readonly side: string
  readonly price: number
  readonly quantity: number
}

async function working(): Promise<Working[]> {
  const { orders } = (await ask(venue.url, trader, 'GET', 'orders?status=open')) as { orders: Working[] }
  return orders
    .map(({ side, price, quantity }) => ({ side, price, quantity }))
    .sort((a, b) => a.price - b.price)
}

/** Wait until the venue has just these. */
async function until(wanted: readonly Working[]): Promise<void> {
  for (let look = 0; look < 100; look += 1) {
    if (JSON.stringify(await working()) === JSON.stringify(wanted)) return
    await sleep(100)
  }
  expect(await working()).toEqual(wanted)
}

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Ladder of FUN' })
const row = (page: Page, price: string): Locator =>
  grid(page)
    .getByRole('row')
    .filter({ has: page.locator('[data-cell="price"]', { hasText: price }) })
const cell = (page: Page, price: string, side: 'buy' | 'sell'): Locator =>
  row(page, price).locator(`[data-cell="${side}"]`)
const own = (page: Page, price: string, side: 'buy' | 'sell'): Locator =>
  row(page, price).locator(`[data-cell="own-${side}"]`)

/** An own order in its row. */
const chip = (page: Page, price: string, side: 'buy' | 'sell'): Locator =>
  row(page, price).locator(`[data-own="${side}"]`)

async function middleOf(place: Locator): Promise<{ x: number; y: number }> {
  const box = await place.boundingBox()
  if (!box) throw new Error('it is not in sight')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

test('orders rest, move and end by click, drag and key, once the ladder is armed', async () => {
  const { page, context, complaints } = await visit(browser, venue.url, '/status')
  await bringIn(venue.url, context, trader)
  await page.goto(`${venue.url}/#/trade/FUN`)
  await page.reload()
  await page.getByText('Ladder', { exact: true }).first().click()
  await grid(page).waitFor()
  await page.keyboard.press('c')
  await page.keyboard.press('3')
  const prices = await grid(page).getByRole('row').locator('[data-cell="price"]').allInnerTexts()
  const [above, below, lower] = [prices[5], prices[prices.length - 6], prices[prices.length - 4]].map(
    (text) => (/[\d.]+/.exec(text ?? '') ?? [''])[0],
  ) as [string, string, string]
  expect(Number(above)).toBeGreaterThan(Number(below))

  // Not armed: a click only fills the ticket.
  await cell(page, below, 'buy').click()
  expect(await ticket(page).getByLabel('Price', { exact: true }).inputValue()).toBe(String(Number(below)))
  expect(await working()).toEqual([])

  // Armed: it rests there.
  await page.getByRole('switch', { name: 'One-click trading' }).click()
  await cell(page, below, 'buy').click()
  await until([{ side: 'buy', price: Number(below), quantity: 10 }])
  await cell(page, above, 'sell').click()
  // Ten are more than there are to sell: the venue's reason is told.
  await page.locator('[data-sonner-toast][data-type="error"]').first().waitFor()
  await page.keyboard.press('1')
  await cell(page, above, 'sell').click()
  await until([
    { side: 'buy', price: Number(below), quantity: 10 },
    { side: 'sell', price: Number(above), quantity: 1 },
  ])

  // A drag gives it another price.
  const [from, to] = [await middleOf(chip(page, below, 'buy')), await middleOf(own(page, lower, 'buy'))]
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(from.x, (from.y + to.y) / 2, { steps: 4 })
  await page.mouse.move(to.x, to.y, { steps: 4 })
  await page.mouse.up()
  await until([
    { side: 'buy', price: Number(lower), quantity: 10 },
    { side: 'sell', price: Number(above), quantity: 1 },
  ])

  // Shift and a click trades at once or not at all: there is nobody, so nothing rests.
  await cell(page, below, 'buy').click({ modifiers: ['Shift'] })
  await sleep(500)
  expect(await working()).toHaveLength(2)

  // A click on an own order cancels it; Escape cancels the rest.
  await chip(page, lower, 'buy').click()
  await until([{ side: 'sell', price: Number(above), quantity: 1 }])
  await page.keyboard.press('Escape')
  await until([])
  expect(complaints.except()).toEqual([])
  await context.close()
})
