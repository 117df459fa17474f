/**
 * The one WebSocket of the page: it connects and comes back by itself, follows the channels that somebody looks at,
 * carries requests to their replies, and hands everything to the reducer.
 *
 * A connection that says nothing is given up: every five seconds, and at once when the page wakes, a ping must be
 * answered. Channels are resumed where they broke off; a gap is answered by asking for a snapshot.
 */
import { Latencies } from '@/stream/latency'
import { gapsOf, reduce, type StreamEvent } from '@/stream/reduce'
import { EMPTY_STATE, type StreamState } from '@/stream/state'
import { type Message, type Pong, type Refusal, type Reply, readMessage } from '@/wire/messages'

const PING_EVERY_MS = 5_000
/** How long an answer to a ping may take before the connection is given up. */
const PONG_WITHIN_MS = 4_000
/** The same for a page that has just woken, which must be right within two seconds. */
const WAKING_PONG_WITHIN_MS = 700
/** What a page that was too busy to read gets to do so, before it gives the connection up. */
const READ_FIRST_MS = 150
const REPLY_WITHIN_MS = 15_000
const BACKOFF_FIRST_MS = 250
const BACKOFF_MAX_MS = 5_000
/** How long a channel is followed after the last one that looked has gone. */
const LINGER_MS = 3_000
const NOT_SIGNED_IN = 'not_signed_in'
const SESSION_OVER = 'session_over'
/** Requests whose replies may be outstanding. */
const ASKS_MAX = 1_000

/** The venue refused what was asked. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly code: string

  constructor(refusal: Refusal) {
    super(refusal.detail)
    this.code = refusal.code
  }
}

/** The connection was lost, or is; whether the request was carried out is not known where it was `sent`. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError'
  readonly sent: boolean

  constructor(sent: boolean) {
    super(sent ? 'the connection was lost before the venue answered' : 'there is no connection to the venue')
    this.sent = sent
  }
}

interface Waiting {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
  readonly timer: ReturnType<typeof setTimeout>
  readonly timed: boolean
}

type Request = Readonly<Record<string, unknown>> & { readonly op: string }

/** What a connection needs of its surroundings; tests bring their own. */
export interface Surroundings {
  readonly open: () => WebSocket
  /** Have the newest state shown, soon. */
  readonly show: (state: StreamState) => void
  readonly now: () => number
  readonly random: () => number
  /** The venue no longer knows who this is. */
  readonly signedOut: () => void
}

export class Connection {
  private readonly around: Surroundings
  private socket: WebSocket | null = null
  private known: StreamState = EMPTY_STATE
  private readonly wanted = new Map<string, number>()
  private readonly lingering = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly waiting = new Map<number, Waiting>()
  private nextId = 1
  private attempts = 0
  private retry: ReturnType<typeof setTimeout> | null = null
  private pinging: ReturnType<typeof setInterval> | null = null
  private pongDue: ReturnType<typeof setTimeout> | null = null
  private greeted = false
  private stopped = true
  /** Why the venue said goodbye, if it did. */
  farewell: string | null = null
  readonly latencies = new Latencies()

  constructor(around: Surroundings) {
    this.around = around
  }

  get state(): StreamState {
    return this.known
  }

  start(): void {
    if (!this.stopped) return
    this.stopped = false
    this.connect()
  }

  stop(): void {
    this.stopped = true
    if (this.retry) clearTimeout(this.retry)
    this.hangUp()
  }

  /** Connect anew, as somebody else or after a doubt. */
  restart(): void {
    if (this.stopped) return
    this.attempts = 0
    this.hangUp()
    this.connect()
  }

  /** The page was asleep, or the network away: is the connection still one? */
  wake(): void {
    if (this.stopped) return
    if (this.socket === null) this.restart()
    else if (this.greeted) this.ping(WAKING_PONG_WITHIN_MS)
  }

  /** Follow channels until the returned function is called. */
  follow(channels: readonly string[]): () => void {
    const fresh: string[] = []
    for (const name of channels) {
      const lingering = this.lingering.get(name)
      if (lingering) clearTimeout(lingering)
      this.lingering.delete(name)
      const before = this.wanted.get(name) ?? 0
      this.wanted.set(name, before + 1)
      if (before === 0 && !lingering) fresh.push(name)
    }
    if (fresh.length > 0 && this.greeted) this.subscribe(fresh)
    let followed = true
    return () => {
      if (!followed) return
      followed = false
      for (const name of channels) this.leave(name)
    }
  }

  /** Forget what belongs to who was signed in, and come in as who is now. */
  changeUser(): void {
    this.tell({ kind: 'forget_own' })
    this.restart()
  }

  /**
   * Send a request and wait for its reply.
   *
   * Raises RefusedError where the venue refuses, UnansweredError where it cannot be reached or does not answer.
   */
  async ask(request: Request, timed = false): Promise<Reply> {
    const socket = this.socket
    if (socket === null || !this.greeted || this.waiting.size >= ASKS_MAX) throw new UnansweredError(false)
    const id = this.nextId++
    const reply = await new Promise<Reply>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id)
        reject(new UnansweredError(true))
      }, REPLY_WITHIN_MS)
      this.waiting.set(id, { resolve, reject, timer, timed })
      socket.send(JSON.stringify({ ...request, id, timestamp: this.around.now() }))
    })
    if (!reply.ok) throw new RefusedError(reply.error ?? { detail: 'the venue refused', code: 'refused' })
    return reply
  }

  private connect(): void {
    if (this.stopped) return
    if (this.retry) clearTimeout(this.retry)
    this.retry = null
    this.greeted = false
    this.tell({ kind: 'connecting' })
    const socket = this.around.open()
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
    if (this.stopped) return
    const longest = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** this.attempts)
    this.attempts += 1
    this.retry = setTimeout(() => this.connect(), longest * (0.5 + this.around.random() / 2))
  }

  private end(): void {
    if (this.pinging) clearInterval(this.pinging)
    if (this.pongDue) clearTimeout(this.pongDue)
    this.pinging = null
    this.pongDue = null
    this.greeted = false
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer)
      reject(new UnansweredError(true))
    }
    this.waiting.clear()
    this.tell({ kind: 'closed' })
  }

  private receive(text: string): void {
    let message: Message | null
    try {
      message = readMessage(text)
    } catch {
      this.tell({ kind: 'unreadable' })
      return
    }
    if (message === null) return
    this.tell({ kind: 'message', message })
    if (message.type === 'reply') this.answer(message)
    else if (message.type === 'pong') this.ponged(message)
    else if (message.type === 'goodbye') this.left(message.code)
    else if (message.type === 'hello') this.welcomed()
    else this.mend()
  }

  private left(code: string): void {
    this.farewell = code
    if (code === SESSION_OVER) this.around.signedOut()
  }

  private welcomed(): void {
    this.greeted = true
    this.attempts = 0
    this.farewell = null
    this.pinging = setInterval(() => this.ping(PONG_WITHIN_MS), PING_EVERY_MS)
    this.ping(PONG_WITHIN_MS)
    const names = [...new Set([...this.wanted.keys(), ...this.lingering.keys()])]
    if (names.length > 0) this.subscribe(names)
  }

  private subscribe(names: readonly string[]): void {
    const resume: Record<string, number> = {}
    for (const name of names) {
      const channel = this.known.channels.get(name)
      // Prices are whole in every message: the next is right by itself.
      if (channel?.standing !== 'stale' || channel.sequence === null || name === 'prices') continue
      const sequence = Number(channel.sequence)
      if (Number.isSafeInteger(sequence)) resume[name] = sequence
    }
    const resumed = Object.keys(resume)
    const anew = names.filter((name) => !(name in resume))
    if (anew.length > 0) this.tell({ kind: 'asked', channels: anew, resumed: false })
    if (resumed.length > 0) this.tell({ kind: 'asked', channels: resumed, resumed: true })
    const request = { op: 'subscribe', channels: names, ...(resumed.length > 0 ? { resume } : {}) }
    this.ask(request).then(
      () => this.tell({ kind: 'followed', channels: resumed }),
      (error: unknown) => {
        if (!(error instanceof RefusedError)) return
        // The venue follows all or none: one that it refuses must not take the others along.
        if (names.length > 1) for (const name of names) this.subscribe([name])
        else this.refused(names, error)
      },
    )
  }

  private refused(names: readonly string[], error: RefusedError): void {
    this.tell({ kind: 'dropped', channels: names })
    if (error.code === NOT_SIGNED_IN) this.around.signedOut()
  }

  private leave(name: string): void {
    const count = (this.wanted.get(name) ?? 1) - 1
    if (count > 0) {
      this.wanted.set(name, count)
      return
    }
    this.wanted.delete(name)
    const timer = setTimeout(() => {
      this.lingering.delete(name)
      if (this.greeted) this.ask({ op: 'unsubscribe', channels: [name] }).catch(() => undefined)
      this.tell({ kind: 'dropped', channels: [name] })
    }, LINGER_MS)
    this.lingering.set(name, timer)
  }

  /** Ask for snapshots of what has a hole. */
  private mend(): void {
    const gaps = gapsOf(this.known)
    if (gaps.length > 0) this.subscribe(gaps)
  }

  private answer(reply: Reply): void {
    const waiting = typeof reply.id === 'number' ? this.waiting.get(reply.id) : undefined
    if (!waiting || typeof reply.id !== 'number') return
    this.waiting.delete(reply.id)
    clearTimeout(waiting.timer)
    if (waiting.timed && reply.ok) this.latencies.acknowledged(reply, this.around.now())
    waiting.resolve(reply)
  }

  private ping(within: number): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return
    this.socket.send(JSON.stringify({ op: 'ping', timestamp: this.around.now() }))
    if (this.pongDue) clearTimeout(this.pongDue)
    this.pongDue = setTimeout(() => {
      // A page that was busy itself has the answer lying there: it is read first.
      this.pongDue = setTimeout(() => this.restart(), READ_FIRST_MS)
    }, within)
  }

  private ponged(pong: Pong): void {
    if (this.pongDue) clearTimeout(this.pongDue)
    this.pongDue = null
    this.latencies.ponged(pong, this.around.now())
    // One that somebody asked for by a request of his own.
    if (typeof pong.id === 'number') this.answer({ ...pong, type: 'reply', ok: true })
  }

  private tell(event: StreamEvent): void {
    this.known = reduce(this.known, event)
    this.around.show(this.known)
  }
}
