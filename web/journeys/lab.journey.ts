/** A researcher's way through the Lab page that a live simulation serves: watch, steer, end, look at the run. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, visit } from './support/browser'
import { Stream } from './support/stream'
import { sleep } from './support/venue'

let stream: Stream
let browser: Browser

beforeAll(async () => {
  ;[stream, browser] = await Promise.all([Stream.start('--speed', '20'), launch()])
})
afterAll(async () => {
  await browser.close()
  await stream.close()
})

const clock = (page: Page): Promise<string> => page.getByTitle('Simulated time, in UTC').innerText()
const groups = (page: Page) => page.getByRole('table', { name: /^Groups of agents/ })
const state = (page: Page, word: string) => page.getByRole('main').getByText(word, { exact: true })
/** By the test's own doing; a panel that grows beside it is no reason to wait. */
const press = (page: Page, name: string | RegExp) =>
  page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .first()
    .dispatchEvent('click')

test('a visitor sees the simulation live, cannot steer it, and steers once he has the token', async () => {
  const { page, context, complaints } = await visit(browser, stream.url, '/')
  await groups(page).getByRole('row').nth(3).waitFor()
  await page.getByRole('list', { name: /^Bids/ }).getByRole('listitem').nth(3).waitFor()
  await page
    .getByRole('table', { name: /^Trades of/ })
    .getByRole('cell')
    .first()
    .waitFor()
  const before = await clock(page)
  await expect.poll(() => clock(page), { timeout: 20_000 }).not.toBe(before)
  expect(await page.getByRole('button', { name: 'Pause', exact: true }).isDisabled()).toBe(true)

  await press(page, 'Watching only')
  await page.getByLabel('Paste the control token').fill('wrong')
  await press(page, 'Steer')
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Paste the control token').fill(stream.token)
  await press(page, 'Steer')
  await expect
    .poll(() => page.getByRole('button', { name: 'Pause', exact: true }).isEnabled(), { timeout: 20_000 })
    .toBe(true)
  // The one refusal was asked for.
  expect(complaints.except(/401|403/)).toEqual([])
  await context.close()
})

test('the token is taken out of the address, and kept where no script can read it', async () => {
  const { page, context, complaints } = await visit(browser, stream.url, '/')
  // Another query, so that the page is loaded anew as from a link.
  await page.goto(`${stream.url}/?again#token=${stream.token}`)
  await expect
    .poll(() => page.getByRole('button', { name: 'Pause', exact: true }).isEnabled(), { timeout: 20_000 })
    .toBe(true)
  expect(page.url()).not.toContain('token')
  expect(
    await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })),
  ).not.toContain(stream.token)
  expect(complaints.except()).toEqual([])
  await context.close()
})

test('pause, step, speed, agents and a shock; then the run with its hashes and report', async () => {
  const { page, context, complaints } = await visit(browser, stream.url, '/')
  await page.goto(`${stream.url}/?steer#token=${stream.token}`)
  await expect
    .poll(() => page.getByRole('button', { name: 'Pause', exact: true }).isEnabled(), { timeout: 20_000 })
    .toBe(true)

  // Space pauses, the clock stands, and a step moves it; a button that was clicked does not take the key.
  await press(page, '10×')
  await page.keyboard.press('Space')
  await state(page, 'Paused').waitFor()
  await page.getByText('Stands still at these hashes').waitFor()
  const stood = await clock(page)
  await sleep(1_500)
  expect(await clock(page)).toBe(stood)
  await page.keyboard.press('.')
  await expect.poll(() => clock(page), { timeout: 20_000 }).not.toBe(stood)
  await page.keyboard.press('+')
  await page.getByRole('button', { name: /^Speed 20×/ }).waitFor()
  await page.keyboard.press('Space')
  await state(page, 'Running').waitFor()

  // Agents come, are changed with what is wrong said at the field, and leave.
  await page.keyboard.press('a')
  const drawer = page.getByRole('complementary')
  await drawer.getByLabel('Name').fill('mine')
  await drawer.getByRole('button', { name: /^Add/ }).dispatchEvent('click')
  await groups(page).getByRole('button', { name: 'mine' }).waitFor()
  await drawer.getByLabel('Spread').fill('7')
  await drawer.getByRole('alert').waitFor()
  await drawer.getByLabel('Spread').fill('0.002')
  await press(page, 'Apply')
  await page.getByRole('tab', { name: /^What happened/ }).click()
  await page.getByText('mine changed: spread').waitFor()

  // A large order comes.
  await press(page, 'Shock')
  await page.getByRole('dialog').getByLabel('Size').fill('2')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Sell 2/ })
    .dispatchEvent('click')
  await page.getByText(/^Sell shock/).waitFor()

  // Who comes now sees what happened before.
  const later = await visit(browser, stream.url, '/')
  await later.page.getByRole('tab', { name: /^What happened/ }).click()
  await later.page.getByText(/^Sell shock/).waitFor()
  await later.page.getByText('mine changed: spread').waitFor()
  expect(later.complaints.except()).toEqual([])
  await later.context.close()

  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`),
  ).toEqual([])

  // It ends, and is a run with a report.
  await press(page, 'End')
  await page.getByRole('alertdialog').getByRole('button', { name: 'End it' }).dispatchEvent('click')
  await page.getByText(/^The simulation has ended/).waitFor()
  const report = await page.getByRole('link', { name: /^Report/ }).getAttribute('href')
  expect((await context.request.get(`${stream.url}/${report}`)).ok()).toBe(true)
  await page.getByRole('link', { name: 'Runs' }).click()
  await page.getByRole('table', { name: 'Finished runs' }).getByRole('row').nth(1).waitFor()
  expect(complaints.except()).toEqual([])
  await context.close()
})

test('whatever the width, nothing is wider than the window', async () => {
  const { page, context } = await visit(browser, stream.url, '/')
  for (const path of ['/', '/start', '/runs']) {
    await page.goto(`${stream.url}/#${path}`)
    for (const width of [375, 900, 1_440, 2_560]) {
      await page.setViewportSize({ width, height: 900 })
      await sleep(300)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(over, `${path} at ${width}`).toBeLessThanOrEqual(0)
    }
  }
  await context.close()
})
