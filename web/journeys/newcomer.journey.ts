/** A new user's way through the application, from the first look to signing out. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, visit } from './support/browser'
import { ask, PASSWORD } from './support/people'
import { fill, order, rows, send, tab, ticket } from './support/trading'
import { CROSSBOOK, Venue } from './support/venue'

let venue: Venue
let browser: Browser

beforeAll(async () => {
  ;[venue, browser] = await Promise.all([Venue.start(), launch()])
})
afterAll(async () => {
  await browser.close()
  await venue.close()
})

/** A figure of the portfolio's head, as it is shown. */
const figure = (page: Page, name: string): Promise<string> =>
  page.getByRole('region', { name: 'Figures' }).locator(`dt:text-is("${name}") + dd`).innerText()

test('register, trade, change, look, make a key for a script, and sign out', async () => {
  const { page, context, complaints } = await visit(browser, venue.url)

  // The first look, without an account.
  await page.locator('[data-first-price]').first().waitFor()
  await page.getByRole('link', { name: 'Create an account' }).click()

  await page.getByLabel('User name').fill('newcomer')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByText('This is your first API key.').waitFor()
  const key = await page.getByLabel('API key', { exact: true }).innerText()
  expect(key).toMatch(/^ms_/)
  const me = { username: 'newcomer', key, token: '' }
  await page.getByRole('button', { name: 'I have stored it' }).click()

  // Nothing secret is where a script could read it.
  expect(await page.evaluate(() => document.cookie)).toBe('')
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toMatch(
    /ms_|eyJ/,
  )

  // Rest an order far from the market, and see it.
  await page.getByRole('navigation', { name: 'Pages' }).first().getByRole('link', { name: 'Trade' }).click()
  await order(page, { price: '60', quantity: '5' })
  await rows(page, 'Open orders').filter({ hasText: '60.00' }).waitFor()
  expect(await page.getByText('Buy 5 FUN: working').first().isVisible()).toBe(true)

  // Change it in place: another price, then less of it.
  const row = rows(page, 'Open orders').first()
  await row.getByRole('button', { name: /^Price 60\.00/ }).dblclick()
  await row.getByRole('textbox', { name: 'Price' }).fill('61.5')
  await page.keyboard.press('Enter')
  await row.getByRole('button', { name: /^Price 61\.50/ }).waitFor()
  await row.getByRole('button', { name: /^Quantity 5\b/ }).focus()
  await page.keyboard.press('Enter')
  await row.getByRole('textbox', { name: 'Quantity' }).fill('3')
  await page.keyboard.press('Enter')
  await row.getByRole('button', { name: /^Quantity 3\b/ }).waitFor()
  const { orders } = (await ask(venue.url, me, 'GET', 'orders?status=open')) as {
    orders: Record<string, unknown>[]
  }
  expect(orders).toHaveLength(1)
  expect(orders[0]).toMatchObject({ price: 61.5, quantity: 3 })

  // Buy at the market, and see the fill.
  await order(page, { type: 'Market', quantity: '2' })
  await tab(page, 'Fills')
  await rows(page, 'Fills').first().waitFor()
  expect(await rows(page, 'Fills').first().innerText()).toMatch(/Buy/i)

  // Cancel what rests.
  await tab(page, 'Open orders')
  await row.getByRole('button', { name: /^Cancel/ }).click()
  await page.getByText('No open orders').waitFor()
  await tab(page, 'History')
  await rows(page, 'Order history').filter({ hasText: 'Cancelled' }).first().waitFor()

  // The portfolio is the server's, to the cent.
  await page
    .getByRole('navigation', { name: 'Pages' })
    .first()
    .getByRole('link', { name: 'Portfolio' })
    .click()
  await page.getByRole('group', { name: 'Holdings' }).getByText('FUN').first().waitFor()
  const held = await ask(venue.url, me, 'GET', 'portfolio')
  expect(await figure(page, 'Cash')).toBe(
    Number(held.cash).toLocaleString('en', { minimumFractionDigits: 2 }),
  )
  expect(await figure(page, 'In escrow')).toBe('0.00')

  // A key for a script, which trades with it.
  await page.getByRole('button', { name: 'Account of newcomer' }).click()
  await page.getByRole('menuitem', { name: 'Account and API keys' }).click()
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByLabel('Label').fill('<b>script</b> \u202egnol 🚀')
  await page.getByRole('dialog').getByRole('alert').filter({ hasText: 'Use letters a to z' }).waitFor()
  await page.getByLabel('Label').fill('script')
  await page.getByRole('button', { name: 'Make key' }).click()
  const second = await page.getByRole('dialog').getByLabel('API key', { exact: true }).innerText()
  await page.keyboard.press('Escape')
  const script = `
import sys
from crossbook.client import Client
with Client(sys.argv[1], api_key=sys.argv[2]) as client:
    print(client.place("FUN", "buy", 1, 55).status)
`
  const python = join(CROSSBOOK, '..', 'python')
  expect(execFileSync(python, ['-c', script, venue.url, second], { encoding: 'utf8' }).trim()).toBe('open')
  await page.goto(`${venue.url}/#/trade/FUN`)
  await tab(page, 'Open orders')
  await rows(page, 'Open orders').filter({ hasText: '55.00' }).waitFor()

  // Sign out: the page knows nobody, and the session is over.
  await page.getByRole('button', { name: 'Account of newcomer' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: 'Sign in', exact: true }).waitFor()
  expect((await context.request.get(`${venue.url}/api/me`)).status()).toBe(401)
  expect(complaints.except()).toEqual([])
  await context.close()
})

test('what is wrong with an order stands beside its field, and nothing typed is lost', async () => {
  const { page, context, complaints } = await visit(browser, venue.url, '/sign-in?new=1&next=/trade/FUN')
  await page.getByLabel('User name').fill('mistaken')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'I have stored it' }).click()
  const form = ticket(page)
  await form.waitFor()
  for (const [price, quantity] of [
    ['0.004', '1'],
    ['1e400', '1'],
    ['-5', '1'],
    ['١٢٣', '1'],
    ['60', '0'],
    ['60', '1.5'],
    ['60', '9'.repeat(60)],
    ['\u202e06', 'abc'],
  ] as const) {
    await fill(page, { price, quantity })
    await send(page)
    const alerts = await form.getByRole('alert').allInnerTexts()
    expect(alerts.join(), `${price} x ${quantity}`).not.toBe('')
    expect(await form.getByLabel('Price', { exact: true }).inputValue()).toBe(price)
    expect(await form.getByLabel('Quantity', { exact: true }).inputValue()).toBe(quantity)
  }
  // More than there is money for.
  await fill(page, { price: '60', quantity: '100000' })
  await send(page)
  expect((await form.getByRole('alert').allInnerTexts()).join()).toMatch(/buying power/i)
  expect(complaints.except()).toEqual([])
  await context.close()
})
