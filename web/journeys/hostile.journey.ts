/** What people write who mean no good, and what an administrator does, as others see it. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, visit } from './support/browser'
import { bringIn, register } from './support/people'
import { fill, order, rows, send, ticket } from './support/trading'
import { Venue } from './support/venue'

const NEWS = '<img src=x onerror="document.title=1"> שלום 🚀 <b>bold</b>'

let venue: Venue
let browser: Browser

beforeAll(async () => {
  ;[venue, browser] = await Promise.all([Venue.start(), launch()])
})
afterAll(async () => {
  await browser.close()
  await venue.close()
})

test('an administrator halts a market and tells news, and traders see both; the news are text, whatever they hold', async () => {
  const trader = await register(venue.url, 'trader')
  const his = await visit(browser, venue.url, '/status')
  await bringIn(venue.url, his.context, trader)
  await his.page.goto(`${venue.url}/#/trade/FUN`)
  await his.page.reload()
  await ticket(his.page).waitFor()

  const { page, complaints, context } = await visit(browser, venue.url, '/sign-in?next=/admin')
  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill(venue.adminPassword)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Admin' }).waitFor()

  await page.getByRole('tab', { name: 'News' }).click()
  await page.locator('textarea').fill(`${NEWS} \u202eevil`)
  await page.getByText('It must be one line of printable characters.').waitFor()
  await page.locator('textarea').fill(NEWS)
  await page.getByRole('button', { name: 'Tell everybody' }).click()
  await his.page.getByText('<b>bold</b>').first().waitFor()
  expect(await his.page.title()).not.toBe('1')
  expect(await his.page.locator('img[src="x"]').count()).toBe(0)

  await page.getByRole('tab', { name: 'Instruments' }).click()
  await page.getByRole('button', { name: 'Halt FUN' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: /Halt/ }).click()
  await his.page.getByText('Halted').first().waitFor()
  await fill(his.page, { price: '60', quantity: '1' })
  expect(await ticket(his.page).innerText()).toMatch(/halt/i)
  expect(await ticket(his.page).locator('button[type=submit]').isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Resume FUN' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Resume' }).click()
  await his.page.getByText('Halted').first().waitFor({ state: 'detached' })
  await send(his.page)
  await rows(his.page, 'Open orders').filter({ hasText: '60.00' }).waitFor()

  // What is listed now can be traded now, by whoever looks for it.
  await page
    .getByRole('button', { name: /List an instrument|New instrument|^List/ })
    .first()
    .click()
  await page.getByLabel('Ticker').fill('NOVA')
  await page.getByLabel('Name').fill('Nova & Söhne <i>')
  await page.getByLabel('First price').fill('12.34')
  await page.getByRole('button', { name: 'List NOVA' }).click()
  await page.getByRole('button', { name: 'Halt NOVA' }).waitFor()
  await his.page.goto(`${venue.url}/#/trade/NOVA`)
  await his.page.reload()
  await order(his.page, { price: '12.3', quantity: '2' })
  await rows(his.page, 'Open orders').filter({ hasText: 'NOVA' }).waitFor()

  // An operator makes a user, and shuts him out.
  await page.getByRole('tab', { name: 'Users' }).click()
  await page.getByRole('button', { name: 'New user' }).click()
  await page.getByRole('dialog').getByLabel('User name').fill('guest')
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill('a password of some length')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Create|Make|Add/ })
    .click()
  await page.getByText('guest', { exact: true }).first().waitFor()

  expect(his.complaints.except()).toEqual([])
  expect(complaints.except()).toEqual([])
  await context.close()
  await his.context.close()
})

test('a refusal of the server stands in the form, and what was typed stays', async () => {
  await register(venue.url, 'taken')
  const { page, context, complaints } = await visit(browser, venue.url, '/sign-in?new=1')
  await page.getByLabel('User name').fill('taken')
  await page.getByLabel('Password', { exact: true }).fill('a password of some length')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByText(/taken/i).filter({ visible: true }).last().waitFor()
  expect(await page.getByLabel('User name').inputValue()).toBe('taken')
  expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('a password of some length')

  for (const name of ['<script>alert(1)</script>', '\u202enimda', '🚀🚀🚀', 'a', '../../etc']) {
    await page.getByLabel('User name').fill(name)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('alert').first().waitFor()
    expect(await page.getByLabel('User name').inputValue()).toBe(name)
  }
  expect(complaints.except(/status of 409/)).toEqual([])
  await context.close()
})

test('an address that leads out of the application is not followed after signing in', async () => {
  const person = await register(venue.url, 'careful')
  const { page, context } = await visit(browser, venue.url, '/sign-in?next=//evil.example/x')
  await bringIn(venue.url, context, person)
  await page.reload()
  await page.locator('[data-first-price]').first().waitFor()
  expect(new URL(page.url()).origin).toBe(venue.url)
  await context.close()
})
