/** How a page lives: frames while updates pour in, the heap over ten minutes, and the wake after a sleep as long. */
import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, visit } from '../journeys/support/browser'
import { bringIn, register } from '../journeys/support/people'
import { sleep, Venue } from '../journeys/support/venue'
import { add, median, quantile, save } from './rows'
import { begin, type Traffic } from './traffic'

const UPDATES = 200
const TRACE_S = 20
const MINUTES = Number(process.env.BUDGET_MINUTES ?? 10)
const FRAMES_MIN = 60
/** What may be left over after collections without being called growth. */
const GROWTH_MB_MAX = 2
const WAKE_MS_MAX = 2_000

let venue: Venue
let traffic: Traffic
let updates = 0

beforeAll(async () => {
  venue = await Venue.start({ settings: { CROSSBOOK_HOUSE__LOAD: '2' } })
  await sleep(5_000)
  traffic = await begin(venue.url, 'PUMP', UPDATES)
})
afterAll(async () => {
  save()
  await traffic.stop()
  await venue.close()
})

interface TraceEvent {
  readonly name: string
  readonly cat: string
  readonly ts: number
  readonly ph: string
}

/** Times at which the browser drew and showed a frame, in milliseconds, from its own trace. */
async function framesOf(browser: Browser, seconds: number): Promise<number[]> {
  const client = await browser.newBrowserCDPSession()
  const events: TraceEvent[] = []
  client.on('Tracing.dataCollected', ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]))
  })
  const complete = new Promise((resolve) => client.once('Tracing.tracingComplete', resolve))
  await client.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['viz', 'benchmark'] },
  })
  await sleep(seconds * 1_000)
  await client.send('Tracing.end')
  await complete
  return events
    .filter((event) => event.name === 'Graphics.Pipeline.DrawAndSwap' && /^[bBX]$/.test(event.ph))
    .map((event) => event.ts / 1_000)
    .sort((a, b) => a - b)
}

const gaps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, place) => time - (times[place] ?? time))

async function heapMb(client: CDPSession): Promise<number> {
  await client.send('HeapProfiler.collectGarbage')
  const { usedSize } = await client.send('Runtime.getHeapUsage')
  return usedSize / 1_000_000
}

/** Count the messages that the page's socket brings. */
function count(page: Page): void {
  page.on('websocket', (socket) =>
    socket.on('framereceived', () => {
      updates += 1
    }),
  )
}

test('frames while updates pour in', async () => {
  const browser = await launch()
  const trader = await register(venue.url, 'frame-watcher')
  const { context, page } = await visit(browser, venue.url)
  await bringIn(venue.url, context, trader)
  count(page)
  await page.goto(`${venue.url}/#/trade/PUMP`)
  await page.reload()
  await page.locator('[data-first-price]').first().waitFor()
  await sleep(5_000)
  // A page in which nothing changes paints nothing: a mark that moves shows how many frames there could be.
  await page.evaluate(() => {
    const mark = document.createElement('i')
    mark.style.cssText = 'position:fixed;bottom:0;right:0;width:1px;height:1px;background:red'
    document.body.append(mark)
    let count = 0
    const paint = () => {
      mark.style.opacity = String(0.1 + (count++ % 9) / 10)
      requestAnimationFrame(paint)
    }
    paint()
  })
  const before = updates
  const frames = gaps(await framesOf(browser, TRACE_S))
  const rate = (updates - before) / TRACE_S
  // What this machine paints at all: a page that only counts.
  await page.close()
  const plain = await context.newPage()
  await plain.goto('about:blank')
  await plain.evaluate(() => {
    let count = 0
    const paint = () => {
      document.body.textContent = String(count++)
      requestAnimationFrame(paint)
    }
    paint()
  })
  const plainFrames = gaps(await framesOf(browser, 5))
  add({
    name: `web: frames a second of Trade, ${UPDATES} trades a second arriving`,
    unit: 'frames/s',
    figure: 1_000 / median(frames),
    baseline: 1_000 / median(plainFrames),
    baseline_name: 'a page that paints a counter',
    target: FRAMES_MIN * 0.99,
    note:
      `median of ${frames.length} in the browser's trace; ${rate.toFixed(0)} messages/s came; p99 ` +
      `${quantile(frames, 0.99).toFixed(1)} ms, longest ${Math.max(...frames).toFixed(0)} ms`,
  })
  expect(frames.length).toBeGreaterThan(0)
  await browser.close()
})

test('the heap, and the wake after a sleep, over the same minutes', async () => {
  const browser = await launch(['--js-flags=--expose-gc'])
  const trader = await register(venue.url, 'heap-watcher')
  const awake = await visit(browser, venue.url)
  await bringIn(venue.url, awake.context, trader)
  await awake.page.goto(`${venue.url}/#/trade/PUMP`)
  await awake.page.reload()
  const sleeper = await visit(browser, venue.url, '/trade/PUMP')
  await sleeper.page.locator('[data-first-price]').first().waitFor()
  const sleeping = await sleeper.context.newCDPSession(sleeper.page)
  await sleeping.send('Page.enable')
  await sleeping.send('Page.setWebLifecycleState', { state: 'frozen' })

  const client = await awake.context.newCDPSession(awake.page)
  // Everything that is bounded is full by then.
  await sleep(60_000)
  const heaps = [await heapMb(client)]
  for (let minute = 0; minute < MINUTES; minute += 1) {
    await sleep(60_000)
    heaps.push(await heapMb(client))
  }
  const [first = 0] = heaps
  add({
    name: `web: growth of the heap of Trade over ${MINUTES} minutes`,
    unit: 'MB',
    figure: Math.max(0.01, (heaps.at(-1) ?? 0) - first),
    baseline: first,
    baseline_name: 'the heap after the first minute',
    target: GROWTH_MB_MAX,
    higher_is_better: false,
    note: `after a collection each minute: ${heaps.map((heap) => heap.toFixed(1)).join(' ')} MB`,
  })

  const wokenMs = await wake(sleeper.page, sleeping)
  add({
    name: `web: from the wake to the true price after ${MINUTES} minutes asleep`,
    unit: 'ms',
    figure: wokenMs,
    target: WAKE_MS_MAX,
    higher_is_better: false,
    note: 'the page frozen by the browser; right when its best prices are those that the venue told meanwhile',
  })
  await browser.close()
})

/** Wake a page; return how long it takes until it shows a trade that was made after it woke. */
async function wake(page: Page, client: CDPSession): Promise<number> {
  const started = Date.now()
  await client.send('Page.setWebLifecycleState', { state: 'active' })
  // The newest trade on the page is one that the venue made after the wake.
  await page.waitForFunction(
    (since) => Date.parse(document.querySelector('time')?.dateTime ?? '') >= since,
    started,
    { polling: 20 },
  )
  return Date.now() - started
}
