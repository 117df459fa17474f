/** What people do on the trading page, by the names that they see. */
import type { Locator, Page } from 'playwright-core'

export interface Wanted {
  readonly side?: 'Buy' | 'Sell'
  readonly type?: 'Limit' | 'Market' | 'Stop' | 'Stop limit'
  readonly price?: string
  readonly quantity: string
}

export const ticket = (page: Page): Locator => page.getByRole('form', { name: /^Order in/ })

/** Fill the ticket as somebody types it. */
export async function fill(
  page: Page,
  { side = 'Buy', type = 'Limit', price, quantity }: Wanted,
): Promise<void> {
  const form = ticket(page)
  await form.getByRole('radio', { name: side, exact: true }).click()
  await form.getByRole('radio', { name: type, exact: true }).click()
  if (price !== undefined) await form.getByLabel('Price', { exact: true }).fill(price)
  await form.getByLabel('Quantity', { exact: true }).fill(quantity)
}

/** Send the ticket; return when the venue has answered. */
export async function send(page: Page): Promise<void> {
  await ticket(page).locator('button[type=submit]').click()
}

export async function order(page: Page, wanted: Wanted): Promise<void> {
  await fill(page, wanted)
  await send(page)
}

/** Open a tab of the orders and positions. */
export async function tab(page: Page, name: string): Promise<void> {
  await page.getByRole('tablist', { name: 'Orders and positions' }).getByRole('tab', { name }).click()
}

export const rows = (page: Page, table: string): Locator =>
  page
    .getByRole('table', { name: table })
    .getByRole('row')
    .filter({ has: page.getByRole('cell') })

/** A level of the order book, by its price as it is shown. */
export const level = (page: Page, price: string): Locator =>
  page
    .getByRole('region', { name: /^Order book of/ })
    .getByRole('button', { name: new RegExp(`\\b${price.replace('.', '\\.')}\\b`) })
