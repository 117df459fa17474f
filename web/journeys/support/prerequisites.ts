/** What the journeys stand on, said in one clear line where it is missing. */
import { existsSync } from 'node:fs'
import { CHROMIUM } from './browser'
import { BUILT, CROSSBOOK } from './venue'

export function setup(): void {
  const missing = [
    [CROSSBOOK, 'the package: make setup'],
    [BUILT, 'the built application: npm run build'],
    [CHROMIUM, "Debian's package chromium"],
  ].filter(([path = '']) => !existsSync(path))
  if (missing.length > 0) throw new Error(`journeys need ${missing.map(([, what]) => what).join(', and ')}`)
}
