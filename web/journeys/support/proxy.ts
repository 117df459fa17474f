/** A reverse proxy that shows a venue under a path, as an operator's would. */
import { createServer, request, type Server } from 'node:http'
import { connect } from 'node:net'

export interface Proxy {
  readonly url: string
  readonly close: () => Promise<void>
}

/** Show `target` under `path`, such as `/market`. The path is taken off before the venue sees it. */
export async function proxy(target: string, path: string): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const inside = (address = '/') => (address.startsWith(path) ? address.slice(path.length) || '/' : null)
  const server: Server = createServer((asked, answer) => {
    const place = inside(asked.url)
    if (place === null) {
      answer.writeHead(404).end()
      return
    }
    const passed = request(
      { hostname, port, path: place, method: asked.method, headers: asked.headers },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers)
        got.pipe(answer)
      },
    )
    passed.on('error', () => answer.writeHead(502).end())
    asked.pipe(passed)
  })
  server.on('upgrade', (asked, socket, head) => {
    const place = inside(asked.url)
    if (place === null) {
      socket.destroy()
      return
    }
    const venue = connect(Number(port), hostname, () => {
      const headers = asked.rawHeaders.reduce(
        (text, part, place) => text + (place % 2 === 0 ? `${part}: ` : `${part}\r\n`),
        '',
      )
      venue.write(`GET ${place} HTTP/1.1\r\n${headers}\r\n`)
      venue.write(head)
      socket.pipe(venue).pipe(socket)
    })
    venue.on('error', () => socket.destroy())
    socket.on('error', () => venue.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
