/**
 * The WebSocket of the lab: it connects and comes back by itself, follows the channels that somebody looks at, and
 * carries what is asked to its answer.
 */

import type { LabTrade } from '@/lab/messages'
import { type LabAnswer, type LabMessage, readLabMessage } from '@/lab/messages'
import type { Past } from '@/lab/past'
import { type LabEvent, reduceLab } from '@/lab/reduce'
import { EMPTY_LAB, type LabState } from '@/lab/state'

const PING_EVERY_MS = 5_000
/** How long the server may say nothing after a ping before the connection is given up. */
const PONG_WITHIN_MS = 6_000
const ANSWER_WITHIN_MS = 15_000
const BACKOFF_FIRST_MS = 250
const BACKOFF_MAX_MS = 5_000
/** How long it stays after the last one who used it has gone: he may come back at once. */
const LINGER_MS = 1_000
/** What may be asked without an answer at once. */
const ASKS_MAX = 200

/** What is followed as long as the page is there. */
const ALWAYS = ['simulation', 'agent_configs', 'agent_stats', 'news'] as const

/** The simulation refused what was asked, or nothing was there to answer. */
export class LabRefusal extends Error {
  override readonly name = 'LabRefusal'
}

/** What a connection needs of its surroundings; tests bring their own. */
export interface Surroundings {
  readonly open: (channels: readonly string[]) => WebSocket
  readonly show: (state: LabState) => void
  readonly random: () => number
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  readonly timer: ReturnType<typeof setTimeout>
}

type Ask = Readonly<Record<string, unknown>> & { readonly type: string }

export class LabConnection {
  private readonly around: Surroundings
  private known: LabState = EMPTY_LAB
  private socket: WebSocket | null = null
  private readonly wanted = new Map<string, number>()
  private followed = ''
  private syncing = false
  private greeted = false
  private users = 0
  private attempts = 0
  private nextId = 1
  private readonly waiting = new Map<number, Waiting>()
  private leaving: ReturnType<typeof setTimeout> | null = null
  private retry: ReturnType<typeof setTimeout> | null = null
  private pinging: ReturnType<typeof setInterval> | null = null
  private silence: ReturnType<typeof setTimeout> | null = null

  constructor(around: Surroundings) {
    this.around = around
  }

  get state(): LabState {
    return this.known
  }

  /** Be connected until the returned function is called. */
  use(): () => void {
    this.users += 1
    if (this.leaving) clearTimeout(this.leaving)
    else if (this.users === 1) this.connect()
    this.leaving = null
    let used = true
    return () => {
      if (!used) return
      used = false
      this.users -= 1
      if (this.users > 0) return
      this.leaving = setTimeout(() => {
        this.leaving = null
        this.hangUp()
      }, LINGER_MS)
    }
  }

  /** Connect anew: as one who may steer now, or after a doubt. */
  restart(): void {
    if (this.users === 0) return
    this.attempts = 0
    this.hangUp()
    this.connect()
  }

  /** The page woke, or the network came back. */
  wake(): void {
    if (this.users === 0) return
    if (this.socket === null) this.restart()
    else if (this.greeted) this.ping()
  }

  /** Follow channels until the returned function is called. */
  follow(channels: readonly string[]): () => void {
    for (const name of channels) this.wanted.set(name, (this.wanted.get(name) ?? 0) + 1)
    this.syncSoon()
    let following = true
    return () => {
      if (!following) return
      following = false
      for (const name of channels) {
        const count = (this.wanted.get(name) ?? 1) - 1
        if (count > 0) this.wanted.set(name, count)
        else this.wanted.delete(name)
      }
      this.syncSoon()
    }
  }

  /** Ask, and wait until it was done. Raises LabRefusal with the server's reason where it was not. */
  async ask(what: Ask): Promise<void> {
    const socket = this.socket
    if (socket === null || !this.greeted)
      throw new LabRefusal('the simulation cannot be reached at the moment')
    if (this.waiting.size >= ASKS_MAX) throw new LabRefusal('too much was asked at once')
    const id = this.nextId++
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id)
        reject(new LabRefusal('the simulation did not answer; whether it was done is not known'))
      }, ANSWER_WITHIN_MS)
      this.waiting.set(id, { resolve, reject, timer })
      socket.send(JSON.stringify({ ...what, id }))
    })
  }

  /** Older trades that were asked for. */
  remember(symbol: string, trades: readonly LabTrade[]): void {
    this.tell({ kind: 'past_trades', symbol, trades })
  }

  /** What happened to a run before, which was asked for. */
  recall(run: string, past: Past): void {
    this.tell({ kind: 'past', run, past })
  }

  private channels(): string[] {
    return [...new Set([...ALWAYS, ...this.wanted.keys()])].sort()
  }

  private connect(): void {
    if (this.retry) clearTimeout(this.retry)
    this.retry = null
    this.tell({ kind: 'connecting' })
    const channels = this.channels()
    this.followed = channels.join()
    const socket = this.around.open(channels)
    this.socket = socket
    socket.onmessage = (event) => {
      if (this.socket === socket) this.receive(String(event.data))
    }
    socket.onclose = () => {
      if (this.socket === socket) this.lost()
    }
  }

  private hangUp(): void {
    const socket = this.socket
    this.socket = null
    if (this.retry) clearTimeout(this.retry)
    this.retry = null
    if (socket) {
      socket.onmessage = null
      socket.onclose = null
      socket.close()
    }
    this.end()
  }

  private lost(): void {
    this.socket = null
    this.end()
    const longest = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** this.attempts)
    this.attempts += 1
    this.retry = setTimeout(() => this.connect(), longest * (0.5 + this.around.random() / 2))
  }

  private end(): void {
    if (this.pinging) clearInterval(this.pinging)
    if (this.silence) clearTimeout(this.silence)
    this.pinging = null
    this.silence = null
    this.greeted = false
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer)
      reject(new LabRefusal('the connection was lost; whether it was done is not known'))
    }
    this.waiting.clear()
    this.tell({ kind: 'closed' })
  }

  private receive(text: string): void {
    // Whatever comes says that somebody is there.
    if (this.silence) clearTimeout(this.silence)
    this.silence = null
    let message: LabMessage | null
    try {
      message = readLabMessage(text)
    } catch {
      this.tell({ kind: 'unreadable' })
      return
    }
    if (message === null) return
    this.tell({ kind: 'message', message })
    if (message.type === 'hello') this.welcomed()
    else if ('id' in message) this.answered(message)
  }

  private welcomed(): void {
    this.greeted = true
    this.attempts = 0
    this.pinging = setInterval(() => this.ping(), PING_EVERY_MS)
    this.syncSoon()
  }

  private answered(answer: LabAnswer): void {
    const waiting = typeof answer.id === 'number' ? this.waiting.get(answer.id) : undefined
    if (!waiting || typeof answer.id !== 'number') return
    this.waiting.delete(answer.id)
    clearTimeout(waiting.timer)
    if (answer.type === 'error') waiting.reject(new LabRefusal(answer.error))
    else if ('success' in answer && !answer.success)
      waiting.reject(new LabRefusal(answer.error ?? 'it was refused'))
    else waiting.resolve()
  }

  /** Tell the server what is followed, once for all that changes at a time. */
  private syncSoon(): void {
    if (this.syncing) return
    this.syncing = true
    queueMicrotask(() => {
      this.syncing = false
      const channels = this.channels()
      if (!this.greeted || channels.join() === this.followed) return
      this.followed = channels.join()
      this.socket?.send(JSON.stringify({ type: 'subscribe', channels }))
    })
  }

  private ping(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return
    this.socket.send(JSON.stringify({ type: 'ping' }))
    this.silence ??= setTimeout(() => this.restart(), PONG_WITHIN_MS)
  }

  private tell(event: LabEvent): void {
    this.known = reduceLab(this.known, event)
    this.around.show(this.known)
  }
}
