// node shot.mjs PATH OUT [--theme dark|light] [--size WxH] [--user name] [--wait ms] [--eval js]
import { chromium } from 'playwright-core'
const [, , path, out, ...rest] = process.argv
const opt = (n, d) => { const i = rest.indexOf('--' + n); return i < 0 ? d : rest[i + 1] }
const base = opt('base', 'http://127.0.0.1:5173')
const [w, h] = opt('size', '1440x900').split('x').map(Number)
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-quic', '--no-first-run', '--disable-component-update', '--disable-sync'] })
const ctx = await browser.newContext({ viewport: { width: w, height: h }, colorScheme: opt('theme', 'dark') })
const page = await ctx.newPage()
page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) console.log(m.type(), m.text(), m.location().url) })
page.on('pageerror', (e) => console.log('pageerror', e.message))
const user = opt('user')
if (user) {
  const c = { username: user, password: 'correct horse battery staple' }
  let r = await ctx.request.post(base + '/api/register', { data: c })
  if (r.status() === 409) r = await ctx.request.post(base + '/api/login', { data: c })
  const { jwt_token } = await r.json()
  r = await ctx.request.post(base + '/api/session', { headers: { authorization: 'Bearer ' + jwt_token, origin: base } })
  if (!r.ok()) console.log('session', r.status(), await r.text())
}
await page.goto(base + '/#' + path)
await page.waitForTimeout(Number(opt('wait', 3000)))
const js = opt('eval')
if (js) { await eval(`(async () => { ${js} })()`); await page.waitForTimeout(800) }
await page.screenshot({ path: out })
await browser.close()
