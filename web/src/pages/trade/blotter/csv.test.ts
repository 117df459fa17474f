import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CsvColumn, csvOf, guarded, quoted } from '@/pages/trade/blotter/csv'

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

test.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '\u200e=1', '＝1'])(
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
