// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LabConnection, LabRefusal } from '@/lab/connection'
import { HELLO, NEWS } from '@/lab/examples'
import type { LabState } from '@/lab/state'

/** A socket without a network: the test is the server. */
class Wire {
  readyState: number = WebSocket.OPEN
  readonly sent: Record<string, unknown>[] = []
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  readonly channels: readonly string[]

  constructor(channels: readonly string[]) {
    this.channels = channels
  }
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.readyState = WebSocket.CLOSED
  }
  say(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  of(type: string) {
    return this.sent.filter((message) => message.type === type)
  }
}

let wires: Wire[] = []
let shown: LabState | null = null

function aConnection(): LabConnection {
  return new LabConnection({
    open: (channels) => {
      const wire = new Wire(channels)
      wires.push(wire)
      return wire as unknown as WebSocket
    },
    show: (state) => {
      shown = state
    },
    random: () => 0,
  })
}

const newest = (): Wire => {
  const wire = wires.at(-1)
  if (!wire) throw new Error('nothing was opened')
  return wire
}

beforeEach(() => {
  vi.useFakeTimers()
  wires = []
  shown = null
})
afterEach(() => vi.useRealTimers())

test('it opens with what is followed, and tells once what changes at a time', async () => {
  const connection = aConnection()
  const leave = connection.follow(['trade'])
  connection.use()
  expect(newest().channels).toEqual(['agent_configs', 'agent_stats', 'news', 'simulation', 'trade'])
  newest().say(HELLO)
  leave()
  connection.follow(['kline:1m'])
  connection.follow(['kline:1m', 'orderbook'])
  await vi.advanceTimersByTimeAsync(0)
  expect(newest().of('subscribe')).toEqual([
    {
      type: 'subscribe',
      channels: ['agent_configs', 'agent_stats', 'kline:1m', 'news', 'orderbook', 'simulation'],
    },
  ])
})

test('what changes and changes back is not told', async () => {
  const connection = aConnection()
  connection.use()
  newest().say(HELLO)
  connection.follow(['trade'])()
  await vi.advanceTimersByTimeAsync(0)
  expect(newest().of('subscribe')).toEqual([])
})

test('an answer goes to who asked, with the reason where it was refused', async () => {
  const connection = aConnection()
  connection.use()
  newest().say(HELLO)
  const paused = connection.ask({ type: 'control', action: 'pause' })
  const refused = connection.ask({ type: 'agent_command', action: 'delete', agent_id: 'x' })
  const [first, second] = newest().sent
  newest().say({ type: 'agent_response', id: second?.id, success: false, error: 'nobody is called x' })
  newest().say({ type: 'control_response', id: first?.id, success: true })
  await expect(paused).resolves.toBeUndefined()
  await expect(refused).rejects.toEqual(new LabRefusal('nobody is called x'))
})

test('without a connection nothing is asked, and what was asked when it broke is not known', async () => {
  const connection = aConnection()
  await expect(connection.ask({ type: 'control', action: 'pause' })).rejects.toThrow(LabRefusal)
  connection.use()
  newest().say(HELLO)
  const asked = connection.ask({ type: 'control', action: 'pause' })
  newest().onclose?.()
  await expect(asked).rejects.toThrow(/not known/)
})

test('after a break it comes back by itself', () => {
  const connection = aConnection()
  connection.use()
  newest().say({ ...HELLO, control: true })
  newest().onclose?.()
  expect(shown).toMatchObject({ link: 'lost', control: false })
  vi.advanceTimersByTime(1_000)
  expect(wires).toHaveLength(2)
  newest().say(HELLO)
  expect(shown).toMatchObject({ link: 'open', counts: { connections: 2 } })
})

test('a server that says nothing after a ping is given up; anything it says is a sign of life', () => {
  const connection = aConnection()
  connection.use()
  newest().say(HELLO)
  vi.advanceTimersByTime(5_000)
  expect(newest().of('ping')).toHaveLength(1)
  vi.advanceTimersByTime(4_000)
  newest().say(NEWS)
  vi.advanceTimersByTime(4_000)
  expect(wires).toHaveLength(1)
  vi.advanceTimersByTime(12_000)
  expect(wires.length).toBeGreaterThan(1)
})

test('who comes back at once finds the same connection; who stays away has it closed', () => {
  const connection = aConnection()
  connection.use()()
  vi.advanceTimersByTime(500)
  const leave = connection.use()
  expect(wires).toHaveLength(1)
  leave()
  vi.advanceTimersByTime(5_000)
  expect(newest().readyState).toBe(WebSocket.CLOSED)
})

test('what cannot be read is counted and left', () => {
  const connection = aConnection()
  connection.use()
  newest().say(HELLO)
  newest().say({ type: 'trade', price: 'much' })
  expect(shown?.counts.unreadable).toBe(1)
})
