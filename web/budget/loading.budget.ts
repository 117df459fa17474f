/** How much comes over the wire before the first price, and how soon that price is on the screen. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../journeys/support/browser'
import { sleep, Venue } from '../journeys/support/venue'
import { add, median, save } from './rows'

const LOADS = 7
const SCRIPT_KB_MAX = 300
const PRICE_MS_MAX = 1_500

let venue: Venue

beforeAll(async () => {
  venue = await Venue.start()
  // Until every market has traded there is nothing to show.
  await sleep(5_000)
})
afterAll(async () => {
  save()
  await venue.close()
})

interface Load {
  readonly priceMs: number
  /** Scripts that had arrived when the price stood there. */
  readonly untilPrice: number
  readonly scriptBytes: number
  readonly allBytes: number
}

/** Load a page in a browser that was just started, with nothing kept. */
async function load(path: string, price: string): Promise<Load> {
  const browser = await launch()
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const client = await page.context().newCDPSession(page)
    await client.send('Network.enable')
    await client.send('Network.setCacheDisabled', { cacheDisabled: true })
    const kinds = new Map<string, string>()
    let [scriptBytes, allBytes] = [0, 0]
    client.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type))
    client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      allBytes += encodedDataLength
      if (kinds.get(requestId) === 'Script') scriptBytes += encodedDataLength
    })
    await page.goto(`${venue.url}/#${path}`, { waitUntil: 'commit' })
    await page.waitForFunction(
      (selector) => /\d\.\d/.test(document.querySelector(selector)?.textContent ?? ''),
      price,
      {
        polling: 'raf',
      },
    )
    // From the navigation's own beginning, by the browser's clock.
    const priceMs = await page.evaluate(() => performance.now())
    const untilPrice = scriptBytes
    await sleep(1_500)
    return { priceMs, untilPrice, scriptBytes, allBytes }
  } finally {
    await browser.close()
  }
}

/** The plainest page there is: the venue's answer to one request, shown as text. */
async function bareMs(): Promise<number> {
  const browser = await launch()
  try {
    const page = await browser.newPage()
    await page.goto(`${venue.url}/api/market/FUN`, { waitUntil: 'commit' })
    await page.waitForFunction(() => document.body?.textContent?.includes('current_price'), null, {
      polling: 'raf',
    })
    return await page.evaluate(() => performance.now())
  } finally {
    await browser.close()
  }
}

test.each([
  ['Markets', '/', '[data-first-price]'],
  ['Trade', '/trade/FUN', '[data-first-price]'],
])('%s', async (name, path, price) => {
  const loads: Load[] = []
  const bare: number[] = []
  for (let round = 0; round < LOADS; round += 1) {
    loads.push(await load(path, price))
    bare.push(await bareMs())
  }
  const kilobytes = (of: (load: Load) => number) => median(loads.map(of)) / 1_000
  const before = kilobytes((load) => load.untilPrice)
  add({
    name: `web: scripts of ${name} until its first price, compressed`,
    unit: 'kB',
    figure: before,
    target: SCRIPT_KB_MAX,
    higher_is_better: false,
    note:
      `with what comes after it ${kilobytes((load) => load.scriptBytes).toFixed(0)} kB; with styles, fonts and data ` +
      `${kilobytes((load) => load.allBytes).toFixed(0)} kB; gzip, because browsers take brotli over TLS alone`,
  })
  add({
    name: `web: first price of ${name} from a cold load`,
    unit: 'ms',
    figure: median(loads.map((one) => one.priceMs)),
    baseline: median(bare),
    baseline_name: "the venue's bare JSON in the same browser",
    target: PRICE_MS_MAX,
    higher_is_better: false,
    note: `median of ${LOADS} new browsers, slowest ${Math.max(...loads.map((one) => one.priceMs)).toFixed(0)} ms`,
  })
  expect(before).toBeGreaterThan(0)
})
