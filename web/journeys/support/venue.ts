/** A real venue in a process of its own, that can be killed and started again on the same data. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
export const CROSSBOOK = join(ROOT, '.venv/bin/crossbook')
export const BUILT = join(ROOT, 'src/crossbook/doors/http/web_app/index.html')
const OPEN_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 50

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A port that nobody has. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}

export interface Options {
  /** Whether the house trades. Without it a market moves only by what the journey does. */
  readonly bots?: boolean
  /** Settings as environment variables, such as CROSSBOOK_HOUSE__LOAD. */
  readonly settings?: Readonly<Record<string, string>>
}

export class Venue {
  readonly url: string
  readonly directory: string
  private readonly port: number
  private options: Options
  private child: ChildProcess | null = null
  private said = ''

  private constructor(port: number, options: Options) {
    this.port = port
    this.options = options
    this.url = `http://127.0.0.1:${port}`
    this.directory = mkdtempSync(join(tmpdir(), 'crossbook-journey-'))
  }

  static async start(options: Options = {}): Promise<Venue> {
    const venue = new Venue(await freePort(), options)
    await venue.open()
    return venue
  }

  async open(): Promise<void> {
    const data = join(this.directory, 'data')
    const child = spawn(
      CROSSBOOK,
      [
        'up',
        '--port',
        String(this.port),
        '--data-dir',
        data,
        ...(this.options.bots === false ? ['--no-bots'] : []),
      ],
      { cwd: this.directory, env: { ...process.env, ...this.options.settings }, stdio: 'pipe' },
    )
    const keep = (chunk: Buffer) => {
      this.said = `${this.said}${chunk}`.slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    this.child = child
    for (const end = Date.now() + OPEN_WITHIN_MS; Date.now() < end; await sleep(LOOK_EVERY_MS)) {
      if (child.exitCode !== null) break
      const ready = await fetch(`${this.url}/api/ready`).catch(() => null)
      if (ready?.ok) return
    }
    throw new Error(`the venue did not open:\n${this.said}`)
  }

  /** End it as a crash would, or in good order. */
  async end(signal: 'SIGKILL' | 'SIGINT' = 'SIGINT'): Promise<void> {
    const child = this.child
    this.child = null
    if (!child || child.exitCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }

  /** Close in good order, and open again on the same data with other options. */
  async reopen(options: Options): Promise<void> {
    await this.end()
    this.options = options
    await this.open()
  }

  async close(): Promise<void> {
    await this.end('SIGINT')
    rmSync(this.directory, { recursive: true, force: true })
  }

  get adminPassword(): string {
    return readFileSync(join(this.directory, 'data', 'admin.password'), 'utf8').trim()
  }
}
