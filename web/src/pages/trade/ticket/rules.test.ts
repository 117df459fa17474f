import { expect, test } from 'vitest'
import { fitting, rulesOf } from '@/pages/trade/ticket/rules'
import { BLANK_TICKET, type Ticket } from '@/trading/ticket'
import { decimalOf } from '@/wire/decimal'

const HELD = decimalOf('5')
const ticket = (change: Partial<Ticket>): Ticket => ({ ...BLANK_TICKET, ...change })
const rules = (change: Partial<Ticket>, phase = 'continuous', held = HELD) =>
  rulesOf(ticket(change), phase, held)

test('a market order never rests', () => {
  const { lives, display, postOnly } = rules({ type: 'market' })
  expect(Object.entries(lives).filter(([, reason]) => reason === null)).toEqual([
    ['IOC', null],
    ['FOK', null],
  ])
  expect(display).not.toBeNull()
  expect(postOnly).not.toBeNull()
})

test.each(['IOC', 'FOK'] as const)('%s excludes post only and a display quantity', (timeInForce) => {
  const { display, postOnly } = rules({ timeInForce })
  expect(postOnly).toContain(timeInForce)
  expect(display).toContain(timeInForce)
})

test('a stop limit may be post only, a stop may not', () => {
  expect(rules({ type: 'stop_limit' }).postOnly).toBeNull()
  expect(rules({ type: 'stop' }).postOnly).not.toBeNull()
})

test('reduce only needs something to reduce', () => {
  expect(rules({ side: 'sell' }).reduceOnly).toBeNull()
  expect(rules({ side: 'buy' }).reduceOnly).not.toBeNull()
  expect(rules({ side: 'sell' }, 'continuous', decimalOf('0')).reduceOnly).not.toBeNull()
  expect(rules({ side: 'buy' }, 'continuous', decimalOf('-3')).reduceOnly).toBeNull()
})

test('what is excluded is not sent, and stays chosen', () => {
  const chosen = ticket({ type: 'market', postOnly: true, displayQuantity: '5', timeInForce: 'DAY' })
  const sent = fitting(chosen, rulesOf(chosen, 'continuous', HELD))
  expect(sent).toMatchObject({ postOnly: false, displayQuantity: '', timeInForce: 'IOC' })
  expect(chosen.postOnly).toBe(true)
})

test.each(['halt', 'close', 'settled'])('nothing is taken in the phase %s', (phase) => {
  expect(rules({}, phase).closed).not.toBeNull()
})

test('an auction takes what can wait', () => {
  expect(rules({}, 'auction').closed).toBeNull()
  expect(rules({ type: 'market' }, 'auction').closed).not.toBeNull()
  expect(rules({ timeInForce: 'IOC' }, 'auction').closed).not.toBeNull()
  expect(rules({ type: 'stop', timeInForce: 'IOC' }, 'pre_open').closed).toBeNull()
  expect(rules({}, 'auction').postOnly).not.toBeNull()
})

test('a phase of a later venue is left to the venue', () => {
  expect(rules({}, 'twilight').closed).toBeNull()
})
