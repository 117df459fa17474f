/** A live simulation in a process of its own, with the page that it serves. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CROSSBOOK, freePort, sleep } from './venue'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const OPEN_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 50

export class Stream {
  readonly url: string
  private readonly child: ChildProcess
  private readonly directory: string
  private said = ''

  private constructor(port: number, options: readonly string[]) {
    this.url = `http://127.0.0.1:${port}`
    this.directory = mkdtempSync(join(tmpdir(), 'crossbook-lab-journey-'))
    this.child = spawn(
      CROSSBOOK,
      ['stream', '--port', String(port), '--out', join(this.directory, 'runs'), '--stay', ...options],
      { cwd: ROOT, env: { ...process.env, XDG_STATE_HOME: this.directory, COLUMNS: '200' }, stdio: 'pipe' },
    )
    const keep = (chunk: Buffer) => {
      this.said = `${this.said}${chunk}`.slice(-20_000)
    }
    this.child.stdout?.on('data', keep)
    this.child.stderr?.on('data', keep)
  }

  static async start(...options: readonly string[]): Promise<Stream> {
    const stream = new Stream(await freePort(), options)
    for (const end = Date.now() + OPEN_WITHIN_MS; Date.now() < end; await sleep(LOOK_EVERY_MS)) {
      if (stream.child.exitCode !== null) break
      const there = await fetch(`${stream.url}/api/lab/session`).catch(() => null)
      if (there?.ok && /token=\S/.test(stream.said)) return stream
    }
    throw new Error(`the simulation did not open:\n${stream.said}`)
  }

  /** The control token, as it was printed. */
  get token(): string {
    return /token=(\S+)/.exec(this.said)?.[1] ?? ''
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve))
    if (this.child.exitCode === null) {
      this.child.kill('SIGINT')
      await gone
    }
    rmSync(this.directory, { recursive: true, force: true })
  }
}
