/** A real browser, whose every complaint is kept: a journey must end without one. */
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { onTestFailed } from 'vitest'

export const CHROMIUM = '/usr/bin/chromium'

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-quic',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
]

export const launch = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, ...more] })

/** A machine that does other things too is slow at times. */
const PATIENCE_MS = 60_000

/** What a page complained of on its console, and errors that nothing caught. */
export class Complaints {
  private readonly heard: string[] = []

  listen(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error') this.heard.push(`${message.text()} ${message.location().url}`)
    })
    page.on('pageerror', (error) => this.heard.push(`${error.name}: ${error.message}`))
  }

  /** All of them, but for those that the journey caused on purpose. */
  except(...expected: readonly RegExp[]): string[] {
    return this.heard.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)))
  }
}

export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  readonly complaints: Complaints
}

export interface Screen {
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
}

/** A browser of somebody's own: nothing is shared with other visits. */
export async function visit(browser: Browser, url: string, path = '/', screen: Screen = {}): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: screen.width ?? 1440, height: screen.height ?? 900 },
    colorScheme: screen.theme ?? 'dark',
  })
  onTestFailed(async ({ task }) => {
    const folder = join(tmpdir(), 'crossbook-journeys')
    mkdirSync(folder, { recursive: true })
    for (const [place, shown] of context.pages().entries()) {
      const name = `${task.name.replace(/\W+/g, '-').slice(0, 60)}-${place}-${Date.now()}.png`
      await shown.screenshot({ path: join(folder, name) }).catch(() => undefined)
    }
  })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const complaints = new Complaints()
  complaints.listen(page)
  await page.goto(`${url}/#${path}`)
  return { context, page, complaints }
}
