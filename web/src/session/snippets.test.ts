import { expect, test } from 'vitest'
import { snippetsOf, venueAddress } from '@/session/snippets'

test('the address is the venue, under whatever path, without query and anchor', () => {
  expect(venueAddress('http://127.0.0.1:8000/')).toBe('http://127.0.0.1:8000')
  expect(venueAddress('https://example.org/market/?next=x#/trade')).toBe('https://example.org/market')
  expect(venueAddress('https://example.org/market/index.html')).toBe('https://example.org/market')
})

test('both snippets hold the key and the address', () => {
  const snippets = snippetsOf('ms_abc', 'http://v:1')
  expect(snippets.map((snippet) => snippet.name)).toEqual(['curl', 'Python'])
  for (const { code } of snippets) {
    expect(code).toContain('ms_abc')
    expect(code).toContain('http://v:1')
  }
})

test('a quote cannot end the quoting', () => {
  const [curl, python] = snippetsOf(`a'b"c`, 'http://v')
  expect(curl?.code).toContain(`'x-api-key: a'\\''b"c'`)
  expect(python?.code).toContain(`api_key="a'b\\"c"`)
})
