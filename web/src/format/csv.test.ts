// @vitest-environment jsdom
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { type CsvColumn, csvOf, guarded, quoted, saveCsv } from '@/format/csv'
import { decimalOf } from '@/wire/decimal'

interface Row {
  readonly name: string | null
  readonly count: string | null
}

const COLUMNS: readonly CsvColumn<Row>[] = [
  { title: 'Name', text: (row) => row.name },
  { title: 'Count', figure: (row) => row.count },
]

test('titles alone where there are no rows', () => {
  expect(csvOf(COLUMNS, [])).toBe('Name,Count\r\n')
})

test('commas, quotes and line ends are quoted', () => {
  expect(csvOf(COLUMNS, [{ name: 'a "b", c\nd', count: '1' }])).toBe('Name,Count\r\n"a ""b"", c\nd",1\r\n')
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '\r=1', '\n1', '\u200e=1', '＝1'])(
  'text is no formula: %j',
  (text) => {
    expect(guarded(text)).toBe(`'${text}`)
  },
)

test('a guarded text is quoted too', () => {
  expect(csvOf(COLUMNS, [{ name: '=HYPERLINK("x","y")', count: null }])).toBe(
    'Name,Count\r\n"\'=HYPERLINK(""x"",""y"")",\r\n',
  )
})

test('figures below zero stay figures', () => {
  expect(csvOf(COLUMNS, [{ name: 'x', count: '-5.25' }])).toContain('x,-5.25')
})

test('every digit of a decimal is there, and nothing where it is not known', () => {
  const columns: readonly CsvColumn<string | null>[] = [
    { title: 'n', figure: (row) => (row === null ? null : decimalOf(row)) },
  ]
  expect(csvOf(columns, ['123456789012345678.000000000000000001', null])).toBe(
    'n\r\n123456789012345678.000000000000000001\r\n\r\n',
  )
})

test('a file is kept under its name, as UTF-8 that spreadsheets know', async () => {
  const made: Blob[] = []
  vi.stubGlobal('URL', {
    createObjectURL: (blob: Blob) => {
      made.push(blob)
      return 'blob:of-it'
    },
    revokeObjectURL: () => {},
  })
  const kept: string[] = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    kept.push(this.download)
  })
  saveCsv('crossbook.csv', 'Name\r\n')
  vi.unstubAllGlobals()
  expect(kept).toEqual(['crossbook.csv'])
  // The mark and the text.
  expect(made.map((blob) => [blob.type, blob.size])).toEqual([['text/csv;charset=utf-8', 9]])
})

test('ordinary text is left as it is', () => {
  expect(guarded('a-b=c')).toBe('a-b=c')
  expect(quoted('a b')).toBe('a b')
})

/** As RFC 4180 reads it. */
function parse(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let field = ''
  let open = false
  for (let place = 0; place < text.length; place++) {
    const char = text.charAt(place)
    if (open) {
      if (char !== '"') field += char
      else if (text.charAt(place + 1) === '"') {
        field += '"'
        place++
      } else open = false
    } else if (char === '"') open = true
    else if (char === ',') {
      row.push(field)
      field = ''
    } else if (char === '\r' && text.charAt(place + 1) === '\n') {
      rows.push([...row, field])
      row = []
      field = ''
      place++
    } else field += char
  }
  return rows
}

test('whatever is written can be read again', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (names) => {
      const text = csvOf(
        COLUMNS,
        names.map((name) => ({ name, count: '1' })),
      )
      expect(
        parse(text)
          .slice(1)
          .map(([name]) => name),
      ).toEqual(names.map(guarded))
    }),
  )
})
