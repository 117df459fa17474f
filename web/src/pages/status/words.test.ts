import { expect, test } from 'vitest'
import { channelWords, linkSaid, standingSaid } from '@/pages/status/words'

test('an open connection is live only where all channels are', () => {
  expect(linkSaid('open', [], null).word).toBe('Live')
  expect(linkSaid('open', ['live', 'asked'], null).word).toBe('Live')
  expect(linkSaid('open', ['live', 'gap'], null).word).toBe('Catching up')
  expect(linkSaid('open', ['stale'], null).word).toBe('Catching up')
})

test('a lost connection says why where the venue said goodbye', () => {
  expect(linkSaid('lost', [], null).explained).toMatch(/^The connection is lost/)
  expect(linkSaid('lost', [], 'slow_reader').explained).toMatch(/did not read/)
  expect(linkSaid('lost', [], 'a_later_code').explained).toMatch(/^The venue hung up/)
  expect(linkSaid('connecting', ['live'], null).tone).toBe('warn')
})

test('channels are called by what they tell', () => {
  expect(channelWords('trades:FUN')).toBe('Trades of FUN')
  expect(channelWords('account')).toBe('Your orders, fills and balance')
  expect(channelWords('later:X')).toBe('later of X')
  expect(standingSaid('gap').tone).toBe('warn')
})
