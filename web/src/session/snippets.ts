/** The first lines of a program that uses an API key, ready to be pasted. */

export interface Snippet {
  readonly name: 'curl' | 'Python'
  readonly code: string
}

/** A text in a POSIX shell, whatever stands in it. */
const inShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** Where the venue is, without the page's own name and anchor. */
export function venueAddress(base: string): string {
  const url = new URL('.', base)
  url.search = ''
  url.hash = ''
  return url.href.replace(/\/$/, '')
}

/** Ask for the portfolio, and place an order: in a shell and in Python. */
export function snippetsOf(apiKey: string, address: string): readonly Snippet[] {
  return [
    {
      name: 'curl',
      code: [
        `curl -s ${inShell(`${address}/api/portfolio`)} \\`,
        `  -H ${inShell(`x-api-key: ${apiKey}`)}`,
      ].join('\n'),
    },
    {
      name: 'Python',
      code: [
        'from crossbook.client import Client',
        '',
        // JSON's quoting is Python's for every text that is an address or a key.
        `with Client(${JSON.stringify(address)}, api_key=${JSON.stringify(apiKey)}) as client:`,
        '    print(client.portfolio().total_value)',
      ].join('\n'),
    },
  ]
}
