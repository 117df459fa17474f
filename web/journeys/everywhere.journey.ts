/** Every page in both themes and several widths: nothing complains, nothing overflows, and axe finds no fault. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, visit } from './support/browser'
import { bringIn, type Person, place, register } from './support/people'
import { proxy } from './support/proxy'
import { order, rows, ticket } from './support/trading'
import { sleep, Venue } from './support/venue'

const PAGES = [
  '/',
  '/trade/FUN',
  '/portfolio',
  '/leaderboard',
  '/account',
  '/status',
  '/sign-in',
  '/nowhere',
] as const

let venue: Venue
let browser: Browser
let person: Person

beforeAll(async () => {
  ;[venue, browser] = await Promise.all([Venue.start(), launch()])
  person = await register(venue.url, 'looker')
  await sleep(3_000)
  await place(venue.url, person, {
    ticker: 'FUN',
    side: 'buy',
    quantity: 3,
    type: 'market',
    time_in_force: 'IOC',
  })
  await place(venue.url, person, { ticker: 'FUN', side: 'buy', quantity: 3, price: 70 })
})
afterAll(async () => {
  await browser.close()
  await venue.close()
})

test('on every page axe finds no fault in either theme, and nothing is wider than the window', async () => {
  const { page, context, complaints } = await visit(browser, venue.url, '/status')
  const found: string[] = []
  for (const path of PAGES) {
    // The sign-in page is for who is not signed in.
    if (path === '/sign-in') await context.clearCookies()
    else await bringIn(venue.url, context, person)
    await page.goto(`${venue.url}/#${path}`)
    await page.reload()
    await page.waitForLoadState('networkidle').catch(() => undefined)
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme })
      // Colours that glide from one to the other are none of either.
      await sleep(400)
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
        .analyze()
      for (const { id, nodes } of violations) {
        const where = nodes.map((node) => node.target.join(' ')).join(', ')
        found.push(`${path} ${theme}: ${id}: ${where.slice(0, 300)}`)
      }
    }
    for (const width of [375, 900, 2_560, 1_440]) {
      await page.setViewportSize({ width, height: 900 })
      await sleep(300)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      if (over > 0) found.push(`${path}: ${over} pixels wider than ${width}`)
    }
  }
  expect(found).toEqual([])
  expect(complaints.except()).toEqual([])
  await context.close()
})

test('on a phone somebody signs in, trades from the ticket, and finds the order', async () => {
  const { page, context, complaints } = await visit(browser, venue.url, '/status', {
    width: 375,
    height: 812,
  })
  await bringIn(venue.url, context, person)
  await page.goto(`${venue.url}/#/trade/FUN`)
  await page.reload()
  await page.getByRole('tab', { name: 'Order', exact: true }).click()
  await order(page, { price: '71', quantity: '1' })
  await page.getByRole('tab', { name: 'Orders', exact: true }).click()
  await rows(page, 'Open orders').filter({ hasText: '71.00' }).waitFor()
  expect(complaints.except()).toEqual([])
  await context.close()
})

test('the keyboard alone shows the shortcuts, finds a market, and goes from page to page', async () => {
  const { page, context } = await visit(browser, venue.url, '/')
  await page.locator('[data-first-price]').first().waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('l')
  await page.getByRole('heading', { name: 'Leaderboard' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Find a market or a page').fill('yolo')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Trade YOLO' }).waitFor({ state: 'attached' })
  await ticket(page).waitFor()
  await page.keyboard.press('s')
  await page.keyboard.type('4')
  expect(await ticket(page).getByLabel('Quantity', { exact: true }).inputValue()).toBe('4')
  await context.close()
})

test('a theme and a palette that are chosen stay after a reload', async () => {
  const { page, context } = await visit(browser, venue.url, '/', { theme: 'light' })
  await page.getByRole('button', { name: 'Appearance' }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await page.reload()
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark')
  await context.close()
})

test('behind a proxy, under a path, everything works: pages, stream, sign-in and orders', async () => {
  const shown = await proxy(venue.url, '/market')
  const { page, context, complaints } = await visit(browser, `${shown.url}`, '/sign-in?next=/trade/FUN')
  await page.getByLabel('User name').fill(person.username)
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Sign in', exact: true }).last().click()
  await ticket(page).waitFor()
  await order(page, { price: '72', quantity: '1' })
  await rows(page, 'Open orders').filter({ hasText: '72.00' }).waitFor()
  expect(complaints.except()).toEqual([])
  await context.close()
  await shown.close()
})
