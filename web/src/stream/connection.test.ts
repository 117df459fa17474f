// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Connection, RefusedError, UnansweredError } from '@/stream/connection'
import type { StreamState } from '@/stream/state'
import { FUN } from '@/test/examples'

/** A socket without a network: the test is the venue. */
class Wire {
  readyState: number = WebSocket.OPEN
  sent: Record<string, unknown>[] = []
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null

  send(text: string) {
    this.sent.push(JSON.parse(text))
  }

  close() {
    this.readyState = WebSocket.CLOSED
  }

  say(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  hello(epoch = 1) {
    this.say({ type: 'hello', durability: 'durable', sequence: 1, epoch, protocol: 1 })
  }

  /** The newest request of a kind. */
  last(op: string) {
    return this.sent.findLast((message) => message.op === op)
  }

  agree(op: string) {
    this.say({ type: 'reply', id: this.last(op)?.id, ok: true, data: {} })
  }

  cut() {
    this.onclose?.()
  }
}

let wires: Wire[] = []
let shown: StreamState | null = null
let signedOut = 0

function aConnection(): Connection {
  return new Connection({
    open: () => {
      const wire = new Wire()
      wires.push(wire)
      return wire as unknown as WebSocket
    },
    show: (state) => {
      shown = state
    },
    now: () => Date.now(),
    random: () => 0,
    signedOut: () => {
      signedOut += 1
    },
  })
}

const newest = (): Wire => {
  const wire = wires.at(-1)
  if (!wire) throw new Error('nothing was opened')
  return wire
}

const trade = (sequence: number, previous: number) => ({
  type: 'trade',
  channel: 'trades:FUN',
  sequence,
  previous,
  data: {
    trade_id: String(sequence),
    ticker: 'FUN',
    price: 1,
    quantity: 1,
    buyer_id: 'b',
    seller_id: 's',
    side: 'buy',
    timestamp: 1,
  },
})
const tape = (sequence: number) => ({
  type: 'trades',
  channel: 'trades:FUN',
  sequence,
  previous: 0,
  snapshot: true,
  data: { ticker: 'FUN', trades: [] },
})

beforeEach(() => {
  vi.useFakeTimers()
  wires = []
  shown = null
  signedOut = 0
})
afterEach(() => vi.useRealTimers())

test('what is followed is subscribed to once the venue has greeted', () => {
  const connection = aConnection()
  connection.follow(['trades:FUN'])
  connection.start()
  expect(newest().sent).toEqual([])
  newest().hello()
  expect(newest().last('subscribe')).toMatchObject({ channels: ['trades:FUN'] })
})

test('after a break it comes back by itself and resumes where it was', () => {
  const connection = aConnection()
  connection.follow(['trades:FUN'])
  connection.start()
  newest().hello()
  newest().say(tape(7))
  newest().cut()
  expect(shown?.channels.get('trades:FUN')?.standing).toBe('stale')
  vi.advanceTimersByTime(1_000)
  expect(wires).toHaveLength(2)
  newest().hello()
  expect(newest().last('subscribe')).toMatchObject({ resume: { 'trades:FUN': 7 } })
  newest().agree('subscribe')
})

test('a venue that was started anew is not asked to resume', () => {
  const connection = aConnection()
  connection.follow(['trades:FUN'])
  connection.start()
  newest().hello(1)
  newest().say(tape(7))
  newest().cut()
  vi.advanceTimersByTime(1_000)
  newest().hello(2)
  expect(newest().last('subscribe')).not.toHaveProperty('resume')
})

test('a gap is answered by asking for a snapshot, once', () => {
  const connection = aConnection()
  connection.follow(['trades:FUN'])
  connection.start()
  newest().hello()
  newest().say(tape(7))
  newest().say(trade(20, 15))
  newest().say(trade(21, 20))
  expect(newest().sent.filter((message) => message.op === 'subscribe')).toHaveLength(2)
  expect(newest().last('subscribe')).not.toHaveProperty('resume')
  newest().say(tape(21))
  expect(shown?.channels.get('trades:FUN')?.standing).toBe('live')
})

test('it tries again ever more slowly, and at once when the page wakes', () => {
  const connection = aConnection()
  connection.start()
  for (let attempt = 0; attempt < 8; attempt += 1) {
    newest().cut()
    vi.advanceTimersByTime(5_000)
  }
  expect(wires).toHaveLength(9)
  newest().cut()
  const before = wires.length
  connection.wake()
  expect(wires).toHaveLength(before + 1)
})

test('a connection that says nothing after a sleep is given up within a second', () => {
  const connection = aConnection()
  connection.start()
  newest().hello()
  newest().say({ type: 'pong', timestamp: 0 })
  connection.wake()
  vi.advanceTimersByTime(900)
  expect(wires).toHaveLength(2)
})

test('a connection that answers stays', () => {
  const connection = aConnection()
  connection.start()
  newest().hello()
  for (let second = 0; second < 60; second += 1) {
    vi.advanceTimersByTime(1_000)
    newest().say({ type: 'pong', timestamp: Date.now() })
  }
  expect(wires).toHaveLength(1)
})

test('a reply goes to who asked, and a refusal comes with its reason', async () => {
  const connection = aConnection()
  connection.start()
  newest().hello()
  const good = connection.ask({ op: 'cancel', order_id: '1' })
  newest().agree('cancel')
  await expect(good).resolves.toMatchObject({ ok: true })
  const bad = connection.ask({ op: 'place' })
  newest().say({
    type: 'reply',
    id: newest().last('place')?.id,
    ok: false,
    error: { detail: 'price must be a multiple of 0.01', code: 'price_off_tick' },
  })
  await expect(bad).rejects.toThrow(RefusedError)
  await expect(bad).rejects.toMatchObject({ code: 'price_off_tick' })
})

test('requests that a lost connection leaves open are told so, and none is sent without one', async () => {
  const connection = aConnection()
  connection.start()
  await expect(connection.ask({ op: 'place' })).rejects.toMatchObject({ sent: false })
  newest().hello()
  const lost = connection.ask({ op: 'place' })
  newest().cut()
  await expect(lost).rejects.toThrow(UnansweredError)
  await expect(lost).rejects.toMatchObject({ sent: true })
})

test('a channel is kept for a while after the last one has gone, so that a change of page costs nothing', () => {
  const connection = aConnection()
  connection.start()
  newest().hello()
  const leave = connection.follow(['trades:FUN'])
  newest().say(tape(7))
  leave()
  leave()
  vi.advanceTimersByTime(1_000)
  connection.follow(['trades:FUN'])
  vi.advanceTimersByTime(10_000)
  expect(newest().last('unsubscribe')).toBeUndefined()
  expect(shown?.tapes.has(FUN)).toBe(true)
})

test('a channel that nobody follows is unsubscribed from', () => {
  const connection = aConnection()
  connection.start()
  newest().hello()
  const leave = connection.follow(['trades:FUN'])
  leave()
  vi.advanceTimersByTime(3_500)
  expect(newest().last('unsubscribe')).toMatchObject({ channels: ['trades:FUN'] })
  expect(shown?.channels.size).toBe(0)
})

test('a message that cannot be read is counted, and the rest goes on', () => {
  const connection = aConnection()
  connection.follow(['trades:FUN'])
  connection.start()
  newest().hello()
  newest().onmessage?.({ data: '{"type":' })
  newest().say(tape(7))
  expect(shown?.counts.unreadable).toBe(1)
  expect(shown?.channels.get('trades:FUN')?.standing).toBe('live')
})

test('a channel that the venue refuses does not take the others along, and tells who is signed out', async () => {
  const connection = aConnection()
  connection.follow(['prices', 'account'])
  connection.start()
  newest().hello()
  const refuse = (id: unknown) =>
    newest().say({ type: 'reply', id, ok: false, error: { detail: 'sign in', code: 'not_signed_in' } })
  refuse(newest().last('subscribe')?.id)
  await vi.advanceTimersByTimeAsync(1)
  const single = newest()
    .sent.filter((message) => message.op === 'subscribe')
    .slice(1)
  expect(single.map((message) => message.channels)).toEqual([['prices'], ['account']])
  refuse(single[1]?.id)
  await vi.advanceTimersByTimeAsync(1)
  expect([...(shown?.channels.keys() ?? [])]).toEqual(['prices'])
  expect(signedOut).toBe(1)
})

test('a goodbye because the session is over tells so', () => {
  const connection = aConnection()
  connection.start()
  newest().hello()
  newest().say({ type: 'goodbye', code: 'session_over', detail: 'sign in again' })
  expect(signedOut).toBe(1)
})

test('a pong without an id is a pong, and one with an id answers who asked', async () => {
  const connection = aConnection()
  connection.start()
  newest().hello()
  newest().say({ type: 'pong', id: null, timestamp: Date.now() })
  expect(connection.latencies.ping).not.toBeNull()
  expect(shown?.counts.unreadable).toBe(0)
  const asked = connection.ask({ op: 'ping' })
  newest().say({
    type: 'pong',
    id: newest().last('ping')?.id,
    timestamp: Date.now(),
    received_us: 1,
    sent_us: 3,
  })
  await expect(asked).resolves.toMatchObject({ ok: true, received_us: 1 })
})

test('somebody else comes in over a new connection, and sees nothing of who was there', () => {
  const connection = aConnection()
  connection.start()
  newest().hello()
  connection.changeUser()
  expect(wires).toHaveLength(2)
  expect(wires[0]?.readyState).toBe(WebSocket.CLOSED)
  expect(shown?.own.balance).toBeNull()
})
