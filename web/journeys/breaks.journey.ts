/** What breaks while a page is open: the venue dies, the page sleeps, the session ends. Nothing typed is lost. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, type Visit, visit } from './support/browser'
import { ask, bringIn, PASSWORD, type Person, place, register } from './support/people'
import { fill, order, rows, send, tab, ticket } from './support/trading'
import { sleep, Venue } from './support/venue'

let venue: Venue
let browser: Browser

beforeAll(async () => {
  ;[venue, browser] = await Promise.all([Venue.start(), launch()])
})
afterAll(async () => {
  await browser.close()
  await venue.close()
})

async function trading(name: string): Promise<Visit & { person: Person }> {
  const person = await register(venue.url, name)
  const visitor = await visit(browser, venue.url, '/status')
  await bringIn(venue.url, visitor.context, person)
  await visitor.page.goto(`${venue.url}/#/trade/FUN`)
  await visitor.page.reload()
  await ticket(visitor.page).waitFor()
  return { ...visitor, person }
}

const connection = (page: Page, words: RegExp) => page.getByRole('link', { name: words })
const typed = (page: Page, name: string) => ticket(page).getByLabel(name, { exact: true }).inputValue()

/** The best prices on the page are those of the venue. */
async function isRight(page: Page): Promise<boolean> {
  const { bids, asks } = (await (await fetch(`${venue.url}/api/market/FUN/orderbook?depth=1`)).json()) as {
    bids: { price: number }[]
    asks: { price: number }[]
  }
  const book = await page.getByRole('region', { name: 'Order book of FUN' }).innerText()
  return [bids[0], asks[0]].every((best) => best && book.includes(best.price.toFixed(2)))
}

test('the venue is killed and started again: the page says so, comes back by itself, and has everything', async () => {
  const { page, context, person, complaints } = await trading('survivor')
  await order(page, { price: '61', quantity: '2' })
  await rows(page, 'Open orders').filter({ hasText: '61.00' }).waitFor()
  await fill(page, { price: '62.5', quantity: '7' })

  await venue.end('SIGKILL')
  await connection(page, /Reconnecting|Connecting/).waitFor()
  // What is shown is from before, and says so.
  await page.getByText('Reconnecting', { exact: true }).first().waitFor()
  // An order that is sent meanwhile waits, and is there once the venue is back.
  await send(page)
  await sleep(1_000)
  await venue.open()

  await connection(page, /Live/).waitFor({ timeout: 60_000 })
  await rows(page, 'Open orders').filter({ hasText: '62.50' }).waitFor()
  await rows(page, 'Open orders').filter({ hasText: '61.00' }).waitFor()
  expect(await typed(page, 'Price')).toBe('62.5')
  const { orders } = (await ask(venue.url, person, 'GET', 'orders?status=open')) as { orders: unknown[] }
  expect(orders).toHaveLength(2)
  await page.waitForFunction(() => document.querySelectorAll('[role=status]').length >= 0)
  let right = false
  for (let look = 0; look < 50 && !right; look += 1) {
    right = await isRight(page)
    await sleep(100)
  }
  expect(right).toBe(true)
  // A browser tells by itself of what it could not reach.
  expect(
    complaints.except(
      /ERR_CONNECTION_REFUSED|WebSocket connection to|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/,
    ),
  ).toEqual([])
  await context.close()
})

test('a page that slept while the market moved is right again soon after it wakes', async () => {
  const { page, context, person, complaints } = await trading('sleeper')
  const client = await context.newCDPSession(page)
  await client.send('Page.enable')
  await client.send('Page.setWebLifecycleState', { state: 'frozen' })
  // Longer than the venue waits for a sign of life, so that it has hung up.
  await place(venue.url, person, { ticker: 'FUN', side: 'buy', price: 63, quantity: 1 })
  await sleep(45_000)
  await client.send('Page.setWebLifecycleState', { state: 'active' })
  await rows(page, 'Open orders').filter({ hasText: '63.00' }).waitFor()
  let right = false
  for (let look = 0; look < 50 && !right; look += 1) {
    right = await isRight(page)
    await sleep(100)
  }
  expect(right).toBe(true)
  expect(complaints.except()).toEqual([])
  await context.close()
})

test('a session that ends elsewhere asks for the password over the page, which stays as it was', async () => {
  const { page, context, person, complaints } = await trading('expired')
  await order(page, { price: '64', quantity: '1' })
  await rows(page, 'Open orders').filter({ hasText: '64.00' }).waitFor()
  await fill(page, { price: '65.25', quantity: '9' })
  await fetch(`${venue.url}/api/logout`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.token}` },
  })
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await dialog.getByLabel('Password', { exact: true }).fill('not the password')
  await page.keyboard.press('Enter')
  await dialog.getByText('This is not the password.').waitFor()
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  expect([await typed(page, 'Price'), await typed(page, 'Quantity')]).toEqual(['65.25', '9'])
  await send(page)
  await rows(page, 'Open orders').filter({ hasText: '65.25' }).waitFor()
  await tab(page, 'Open orders')
  await rows(page, 'Open orders').filter({ hasText: '64.00' }).waitFor()
  expect(complaints.except(/status of 401/)).toEqual([])
  await context.close()
})
