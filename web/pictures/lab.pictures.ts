/** Take pictures of the Lab page as `crossbook stream` serves it, in both themes; they go where those of the other pages do. */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { launch, visit } from '../journeys/support/browser'
import { Stream } from '../journeys/support/stream'
import { sleep } from '../journeys/support/venue'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ALL = join(ROOT, 'runs/pictures')
const SHOWN = join(ROOT, 'docs/pictures')
/** In the documentation, in both themes. */
const DOCUMENTED = /^lab-(light|dark)$/
/** How long the market lives before it is pictured, in seconds on the wall. */
const SECONDS = Number(process.env.PICTURES_SECONDS ?? 420) / 4
const SPEED = '60'

let stream: Stream
let browser: Browser

beforeAll(async () => {
  mkdirSync(ALL, { recursive: true })
  ;[stream, browser] = await Promise.all([Stream.start('--speed', SPEED), launch()])
})
afterAll(async () => {
  await browser.close()
  await stream.close()
})

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(ALL, `${name}.png`) })
  if (DOCUMENTED.test(name)) copyFileSync(join(ALL, `${name}.png`), join(SHOWN, `web-${name}.png`))
}

test.each(['light', 'dark'] as const)('the Lab, %s', async (theme) => {
  const { page, context } = await visit(browser, stream.url, '/', { theme })
  await page.goto(`${stream.url}/#token=${stream.token}`)
  await page.reload()
  // The lines of profit begin when the page is opened.
  await sleep(SECONDS * 500)
  await shoot(page, `lab-${theme}`)
  await page.getByRole('button', { name: 'makers', exact: true }).first().click()
  await sleep(1_000)
  await shoot(page, `lab-agents-${theme}`)
  await page.keyboard.press('Escape')
  for (const name of ['Start', 'Runs']) {
    await page.getByRole('link', { name, exact: true }).click()
    await sleep(1_500)
    await shoot(page, `lab-${name.toLowerCase()}-${theme}`)
  }
  await context.close()

  const phone = await visit(browser, stream.url, '/', { theme, width: 375, height: 812 })
  await sleep(5_000)
  await shoot(phone.page, `lab-phone-${theme}`)
  await phone.context.close()
})
