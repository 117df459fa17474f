import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const IMPORT = /from '@\/(pages\/[^']+)'/g
const PANELS = new Set(
  readdirSync('src/pages/trade', { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .map((one) => one.name),
)

/** The page or the panel that a module belongs to; null for what the panels of a page share. */
function partOf(path: string): string | null {
  const [page = '', panel = ''] = path.replace(/^pages\//, '').split('/')
  if (page !== 'trade') return page
  return PANELS.has(panel) ? panel : null
}

const files = readdirSync('src', { recursive: true, encoding: 'utf-8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({
    path,
    imports: [...readFileSync(`src/${path}`, 'utf-8').matchAll(IMPORT)].map((match) => match[1] ?? ''),
  }))

test('no page imports from another, and no panel from another', () => {
  expect(files.length).toBeGreaterThan(300)
  const crossings = files
    .filter(({ path }) => path.startsWith('pages/') && partOf(path) !== null)
    .flatMap(({ path, imports }) => imports.map((from) => `${path} -> ${from}`))
    .filter((crossing) => {
      const [to = '', from = ''] = crossing.split(' -> ').map(partOf)
      return from !== null && from !== to
    })
  expect(crossings).toEqual([])
})

test('only the frame of the application knows pages', () => {
  const strangers = files.filter(({ path, imports }) => !/^(pages|shell)\//.test(path) && imports.length > 0)
  expect(strangers.map(({ path }) => path)).toEqual(['app.tsx'])
})
