/** What a `User-Agent` says, as people say it. It is the client's own claim and may be anything. */

const LENGTH_MAX = 60

type Names = readonly (readonly [pattern: RegExp, name: string])[]

// The first that fits: browsers name those that they descend from, too.
const PROGRAMS: Names = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bHeadlessChrome\//, 'Headless Chromium'],
  [/\bChromium\//, 'Chromium'],
  [/\bCriOS\/|\bChrome\//, 'Chrome'],
  [/\bFxiOS\/|\bFirefox\//, 'Firefox'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
  [/^python-httpx\//, 'Python (httpx)'],
  [/^python-requests\//, 'Python (requests)'],
  [/^Python\/|aiohttp\/|^Python-urllib\//, 'Python'],
  [/^crossbook/i, 'Crossbook client'],
]

const SYSTEMS: Names = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b|\bMac OS X\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
]

const nameIn = (names: Names, text: string): string | null =>
  names.find(([pattern]) => pattern.test(text))?.[1] ?? null

export type DeviceKind = 'phone' | 'computer' | 'program'

export interface Agent {
  /** Such as: Chromium on Linux. */
  readonly words: string
  readonly kind: DeviceKind
}

/** Read a `User-Agent`. */
export function readAgent(text: string): Agent {
  const agent = text.slice(0, 1_000)
  const program = nameIn(PROGRAMS, agent)
  const system = nameIn(SYSTEMS, agent)
  const kind =
    system === 'iPhone' || (system === 'Android' && /\bMobile\b/.test(agent))
      ? 'phone'
      : agent.startsWith('Mozilla/') || system !== null
        ? 'computer'
        : 'program'
  if (program && system) return { words: `${program} on ${system}`, kind }
  const known = program ?? (system && `A browser on ${system}`)
  if (known) return { words: known, kind }
  const first = agent.trim()
  if (first === '') return { words: 'Unknown program', kind }
  return { words: first.length > LENGTH_MAX ? `${first.slice(0, LENGTH_MAX - 1)}…` : first, kind }
}
