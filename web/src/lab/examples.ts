/** Messages as the reference of the stream writes them, for tests. */
import { type LabMessage, readLabMessage } from '@/lab/messages'

export const HELLO = {
  type: 'hello',
  protocol: 1,
  version: '0.1.0',
  control: false,
  channels: ['simulation'],
}

export const SIMULATION = {
  type: 'simulation',
  sequence: 7,
  state: 'running',
  run: '20261122T101500Z-default-1a2b3c4d',
  name: 'default',
  seed: 1,
  speed: 10.0,
  timestamp: 1_795_305_660_000_000,
  began: 1_795_305_600_000_000,
  ends: 1_795_910_400_000_000,
  steps: 81_234,
  events: 20_411,
  events_per_second: 1_312,
  trades: 913,
  consumers: 3,
  memory_bytes: 181_403_648,
  degraded: null,
  reason: null,
  hashes: null,
  symbols: [{ symbol: 'BTC/USD', price_step: '0.01', lot_size: '0.00000001', currency: 'USD' }],
}

export const MARKET_DATA = {
  type: 'market_data',
  sequence: 51,
  timestamp: 1_795_305_601_234_567,
  symbol: 'BTC/USD',
  last_price: 50_000.5,
  bid_price: 49_999,
  ask_price: null,
  bid_size: 1.5,
  ask_size: null,
  volume_24h: 1_250.75,
  taker_buy_volume_24h: 611.02,
  trade_count: 913,
  made_us: 1_795_305_600_123_456,
}

export const TRADE = {
  type: 'trade',
  sequence: 913,
  timestamp: 1_795_305_601_234_567,
  symbol: 'BTC/USD',
  trade_id: 913,
  price: 50_000.5,
  size: 0.25,
  side: 'buy',
  buy_order_id: 2_210,
  sell_order_id: 2_178,
  buyer: 'takers',
  seller: 'makers',
  made_us: 1_795_305_600_123_456,
}

export const ORDERBOOK = {
  type: 'orderbook',
  sequence: 33,
  timestamp: 1_795_305_601_234_567,
  symbol: 'BTC/USD',
  bids: [
    [49_999, 1.5],
    [49_998.5, 0.7],
  ],
  asks: [[50_001, 2]],
  spread: 2,
  mid_price: 50_000,
  made_us: 1_795_305_600_123_456,
}

export const KLINE = {
  type: 'kline',
  sequence: 12,
  e: 'kline',
  E: 1_795_305_601_234,
  s: 'BTC/USD',
  k: {
    t: 1_795_305_600_000,
    T: 1_795_305_659_999,
    s: 'BTC/USD',
    i: '1m',
    f: 900,
    L: 913,
    o: '49998.00',
    c: '50000.50',
    h: '50001.00',
    l: '49997.50',
    v: '3.21000000',
    n: 14,
    x: false,
    q: '160503.11',
    V: '1.50000000',
    Q: '75001.20',
    B: '0',
  },
}

export const AGENT_CONFIGS = {
  type: 'agent_configs',
  sequence: 1,
  configs: [
    { agent_id: 'makers', agent_type: 'symmetric_maker', count: 5, interval_ns: 100_000_000, spread: 0.0005 },
  ],
}

export const AGENT_STATS = {
  type: 'agent_stats',
  sequence: 9,
  timestamp: 1_795_305_601_234_567,
  agents: [
    {
      agent_id: 'makers',
      agent_type: 'symmetric_maker',
      count: 5,
      balance: 100_012.5,
      position: -0.25,
      positions: { 'BTC/USD': -0.25 },
      total_trades: 512,
      total_volume: 120.5,
      pnl: 12.5,
      active_orders: 10,
    },
  ],
}

export const NEWS = {
  type: 'news',
  sequence: 2,
  timestamp: 1_795_305_601_234_567,
  symbol: 'BTC/USD',
  text: 'a large buyer',
}

/** A message as it comes over the wire, some of its fields others. */
export function heard(message: object, other: object = {}): LabMessage {
  const read = readLabMessage(JSON.stringify({ ...message, ...other }))
  if (read === null) throw new Error('a kind that is not known')
  return read
}
