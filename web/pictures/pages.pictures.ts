/**
 * Take a picture of every page in both themes, of Trade on a phone too. All go to `runs/pictures/`, those that the
 * documentation shows to `docs/pictures/`.
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { launch, visit } from '../journeys/support/browser'
import { ask, bringIn, type Person, place, register } from '../journeys/support/people'
import { sleep, Venue } from '../journeys/support/venue'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ALL = join(ROOT, 'runs/pictures')
const SHOWN = join(ROOT, 'docs/pictures')
/** In the documentation, in both themes. */
const DOCUMENTED = /^(markets|portfolio|trade|trade-ladder|trade-phone)-(light|dark)$/
/** How long the market lives before it is pictured, in seconds. */
const SECONDS = Number(process.env.PICTURES_SECONDS ?? 420)
const TICKERS = ['FUN', 'MEME', 'YOLO', 'HODL', 'PUMP'] as const

let venue: Venue
let browser: Browser
let ada: Person

/** Somebody who buys and sells now and then. */
async function wander(person: Person, seed: number): Promise<void> {
  const ticker = TICKERS[seed % TICKERS.length] ?? 'FUN'
  const order = { ticker, side: seed % 3 === 2 ? 'sell' : 'buy', type: 'market', time_in_force: 'IOC' }
  await place(venue.url, person, { ...order, quantity: 1 + (seed % 7) }).catch(() => undefined)
}

beforeAll(async () => {
  mkdirSync(ALL, { recursive: true })
  ;[venue, browser] = await Promise.all([Venue.start({ settings: { CROSSBOOK_HOUSE__LOAD: '2' } }), launch()])
  const names = ['ada', 'grace', 'edsger', 'barbara', 'donald', 'frances', 'tony', 'leslie']
  const people = await Promise.all(names.map((name) => register(venue.url, name)))
  const [first] = people
  if (!first) throw new Error('nobody came')
  ada = first
  for (let second = 0; second < SECONDS; second += 1) {
    const person = people[second % people.length]
    if (person) await wander(person, second * 5 + (second % 11))
    await sleep(1_000)
  }
  const { best_bid, best_ask } = (await ask(venue.url, ada, 'GET', 'market/FUN')) as {
    best_bid: number
    best_ask: number
  }
  const rest = (side: string, price: number, quantity: number) =>
    place(venue.url, ada, { ticker: 'FUN', side, price: price.toFixed(2), quantity }).catch(() => undefined)
  await place(venue.url, ada, {
    ticker: 'FUN',
    side: 'buy',
    type: 'market',
    quantity: 12,
    time_in_force: 'IOC',
  }).catch(() => undefined)
  await rest('buy', best_bid - 0.05, 10)
  await rest('buy', best_bid - 0.12, 5)
  await rest('sell', best_ask + 0.1, 4)
  await rest('sell', best_ask + 0.25, 3)
})
afterAll(async () => {
  await browser.close()
  await venue.close()
})

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(ALL, `${name}.png`) })
  if (DOCUMENTED.test(name)) copyFileSync(join(ALL, `${name}.png`), join(SHOWN, `web-${name}.png`))
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${venue.url}/#${path}`)
  await page.reload()
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await sleep(2_500)
}

test.each(['light', 'dark'] as const)('every page, %s', async (theme) => {
  const { page, context } = await visit(browser, venue.url, '/status', { theme })
  await open(page, '/sign-in?new=1')
  await shoot(page, `sign-in-${theme}`)
  await open(page, '/')
  await shoot(page, `markets-visitor-${theme}`)
  await bringIn(venue.url, context, ada)
  for (const name of ['markets', 'portfolio', 'leaderboard', 'account', 'status'] as const) {
    await open(page, name === 'markets' ? '/' : `/${name}`)
    await shoot(page, `${name}-${theme}`)
  }
  await open(page, '/trade/FUN')
  // Of so young a market the seconds show more than the minutes.
  await page.getByText('1s', { exact: true }).click()
  await sleep(1_500)
  await page
    .getByRole('form', { name: /^Order in/ })
    .getByLabel('Quantity', { exact: true })
    .fill('5')
  await shoot(page, `trade-${theme}`)
  await page.getByText('Ladder', { exact: true }).first().click()
  await page.getByText('Depth', { exact: true }).first().click()
  await sleep(1_500)
  await shoot(page, `trade-ladder-${theme}`)
  await page.keyboard.press('?')
  await sleep(500)
  await shoot(page, `shortcuts-${theme}`)
  await context.close()

  const phone = await visit(browser, venue.url, '/status', { theme, width: 375, height: 812 })
  await bringIn(venue.url, phone.context, ada)
  await open(phone.page, '/trade/FUN')
  await phone.page.getByText('1s', { exact: true }).click()
  await sleep(1_500)
  await shoot(phone.page, `trade-phone-${theme}`)
  for (const name of ['Book', 'Order', 'Ladder', 'Orders']) {
    await phone.page.getByRole('tab', { name, exact: true }).click()
    await sleep(800)
    await shoot(phone.page, `trade-phone-${name.toLowerCase()}-${theme}`)
  }
  await phone.context.close()

  const admin = await visit(browser, venue.url, '/sign-in?next=/admin', { theme })
  await admin.page.getByLabel('User name').fill('admin')
  await admin.page.getByLabel('Password', { exact: true }).fill(venue.adminPassword)
  await admin.page.getByRole('button', { name: 'Sign in', exact: true }).last().click()
  await admin.page.getByRole('heading', { name: 'Administration' }).waitFor()
  await sleep(1_500)
  await shoot(admin.page, `admin-${theme}`)
  await admin.context.close()
})
