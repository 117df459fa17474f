import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gapsOf, reduce, type StreamEvent } from '@/stream/reduce'
import { EMPTY_STATE, type StreamState } from '@/stream/state'
import {
  accountFrame,
  aFill,
  anOrder,
  aTrade,
  bookFrame,
  FUN,
  fillFrame,
  hello,
  level,
  orderFrame,
  tapeFrame,
  tradeFrame,
} from '@/test/examples'
import { decimalOf } from '@/wire/decimal'
import type { Message } from '@/wire/messages'

const asked = (...channels: string[]): StreamEvent => ({ kind: 'asked', channels, resumed: false })
const told = (message: Message): StreamEvent => ({ kind: 'message', message })
const after = (...events: StreamEvent[]): StreamState => events.reduce(reduce, EMPTY_STATE)
const following = (...messages: Message[]) =>
  after(told(hello()), asked('trades:FUN', 'book:FUN', 'account'), ...messages.map(told))

const ids = (state: StreamState) => state.tapes.get(FUN)?.map((trade) => Number(trade.trade_id))
const standing = (state: StreamState, channel: string) => state.channels.get(channel)?.standing

test('a snapshot is taken whole, newest trade first', () => {
  const state = following(tapeFrame(5, [aTrade(3), aTrade(5)]))
  expect(ids(state)).toEqual([5, 3])
  expect(standing(state, 'trades:FUN')).toBe('live')
})

test('increments go on from it', () => {
  expect(ids(following(tapeFrame(5, [aTrade(5)]), tradeFrame(8, 5), tradeFrame(9, 8)))).toEqual([9, 8, 5])
})

test('what was seen already is dropped, and counted', () => {
  const state = following(tapeFrame(5, [aTrade(5)]), tradeFrame(8, 5), tradeFrame(8, 5), tradeFrame(5, 0))
  expect(ids(state)).toEqual([8, 5])
  expect(state.counts.duplicates).toBe(2)
})

test('a hole makes a gap: nothing is built on it until a snapshot comes', () => {
  const gap = following(tapeFrame(5, [aTrade(5)]), tradeFrame(12, 9))
  expect(gapsOf(gap)).toEqual(['trades:FUN'])
  expect(ids(gap)).toEqual([5])
  const ignored = reduce(gap, told(tradeFrame(13, 12)))
  expect(ids(ignored)).toEqual([5])
  const mended = reduce(reduce(ignored, asked('trades:FUN')), told(tapeFrame(13, [aTrade(12), aTrade(13)])))
  expect(ids(mended)).toEqual([13, 12])
  expect(gapsOf(mended)).toEqual([])
  expect(mended.counts.gaps).toBe(1)
})

test('increments before the first snapshot are dropped', () => {
  const state = following(tradeFrame(8, 5))
  expect(ids(state)).toBeUndefined()
  expect(gapsOf(state)).toEqual([])
})

test('messages of a channel that nobody follows any more are dropped', () => {
  const state = after(told(hello()), told(tapeFrame(5, [aTrade(5)])))
  expect(ids(state)).toBeUndefined()
})

test('a lost connection leaves everything in sight, and marks it as stale', () => {
  const state = reduce(following(bookFrame(3, 0, [level('99', '1')], [], true)), { kind: 'closed' })
  expect(standing(state, 'book:FUN')).toBe('stale')
  expect(state.link).toBe('lost')
  expect(state.books.get(FUN)?.bids).toHaveLength(1)
})

test('a channel that is resumed and missed nothing is live again when the venue has agreed', () => {
  const state = [
    { kind: 'closed' },
    told(hello()),
    { kind: 'asked', channels: ['trades:FUN'], resumed: true },
    { kind: 'followed', channels: ['trades:FUN'] },
  ].reduce((before, event) => reduce(before, event as StreamEvent), following(tapeFrame(5, [aTrade(5)])))
  expect(standing(state, 'trades:FUN')).toBe('live')
  expect(ids(reduce(state, told(tradeFrame(8, 5))))).toEqual([8, 5])
  expect(state.counts.reconnects).toBe(1)
})

test('a channel that is resumed takes what it missed', () => {
  const events: StreamEvent[] = [
    { kind: 'closed' },
    told(hello()),
    { kind: 'asked', channels: ['trades:FUN'], resumed: true },
    told(tradeFrame(7, 5)),
    told(tradeFrame(9, 7)),
  ]
  expect(ids(events.reduce(reduce, following(tapeFrame(5, [aTrade(5)]))))).toEqual([9, 7, 5])
})

test('a venue that was started anew numbers anew: nothing is resumed, smaller numbers are no duplicates', () => {
  const events: StreamEvent[] = [{ kind: 'closed' }, told(hello(2))]
  const restarted = events.reduce(reduce, following(tapeFrame(500, [aTrade(500)])))
  expect(restarted.channels.get('trades:FUN')).toEqual({ standing: 'stale', sequence: null })
  const next = reduce(reduce(restarted, asked('trades:FUN')), told(tapeFrame(3, [aTrade(3)])))
  expect(ids(next)).toEqual([3])
})

test('working orders, fills and ended orders are kept apart', () => {
  const order = anOrder('1')
  const partly = anOrder('1', { filled_quantity: decimalOf('4'), status: 'partial' })
  const filled = anOrder('1', { filled_quantity: decimalOf('10'), status: 'filled' })
  const working = following(
    accountFrame(1, []),
    orderFrame(2, 1, order),
    fillFrame(3, 2, partly, aFill(partly, 3, '4')),
  )
  expect(working.own.open.get('1')?.status).toBe('partial')
  const done = reduce(working, told(fillFrame(4, 3, filled, aFill(filled, 4, '6'))))
  expect(done.own.open.size).toBe(0)
  expect(done.own.ended.map((ended) => ended.order_id)).toEqual(['1'])
  expect(done.own.fills).toHaveLength(2)
})

test('an account snapshot after a break forgets orders that are gone', () => {
  const state = following(accountFrame(1, [anOrder('1'), anOrder('2')]), accountFrame(9, [anOrder('2')]))
  expect([...state.own.open.keys()]).toEqual(['2'])
})

test('somebody else sees nothing of who was there before', () => {
  const state = reduce(following(accountFrame(1, [anOrder('1')])), { kind: 'forget_own' })
  expect(state.own.open.size).toBe(0)
  expect(state.own.balance).toBeNull()
  expect(state.channels.has('account')).toBe(false)
})

test('the reducer never changes what it was given', () => {
  const before = following(bookFrame(3, 0, [level('99', '1')], [], true))
  const copy = structuredClone(before)
  reduce(before, told(bookFrame(4, 3, [level('99', '0')])))
  reduce(before, { kind: 'closed' })
  expect(before).toEqual(copy)
})

test('whatever is lost, doubled or late, the tape is the true one after a snapshot, and never wrong before', () => {
  const faults = fc.array(fc.constantFrom('pass', 'lose', 'double', 'late'), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(faults, (way) => {
      let state = following(tapeFrame(1, [aTrade(1)]))
      let late: Message | null = null
      const send = (message: Message) => {
        state = reduce(state, told(message))
      }
      for (const [place, fault] of way.entries()) {
        const message = tradeFrame(place + 2, place + 1)
        if (fault === 'late') late = message
        else if (fault !== 'lose') send(message)
        if (fault === 'double') send(message)
        if (late && fault === 'pass') send(late)
      }
      // A prefix of the truth, without a hole: 1, 2, 3, …
      const shown = ids(state)?.toReversed() ?? []
      expect(shown).toEqual(shown.map((_, place) => place + 1))
      const all = Array.from({ length: way.length + 1 }, (_, place) => aTrade(place + 1))
      send(tapeFrame(way.length + 1, all))
      expect(ids(state)?.length).toBe(way.length + 1)
      expect(gapsOf(state)).toEqual([])
    }),
  )
})
