'use strict'
/**
 * A live simulation in a page of its own: no build, no library.
 *
 * Open browser.html by a double click. `browser.html?url=ws://HOST:PORT` watches a stream elsewhere. What comes is kept
 * as it comes, and drawn once a frame: a page need not draw a hundred prices a second. Text is only ever set as
 * text, so what a server says can never become markup.
 */

const DEFAULT_URL = 'ws://127.0.0.1:8765'
const CHANNELS = ['simulation', 'market_data', 'trade', 'orderbook', 'agent_stats', 'news']
const WAIT_FIRST_MS = 500
const WAIT_MOST_MS = 30_000
/** A browser does not show the server's pings to a page, so it asks itself when it has heard nothing for so long. */
const SILENCE_MS = 10_000
const LEVELS = 10
const TAPE_ROWS = 40
const AGENT_ROWS = 60

const byId = (id) => document.getElementById(id)
const setText = (element, text) => {
  // What stays the same is not touched: the browser would lay it out again.
  if (element.textContent !== text) element.textContent = text
}
const setUpDown = (element, amount) => {
  element.className = amount > 0 ? 'up' : amount < 0 ? 'down' : ''
}

/* The connection: it comes back by itself. */

class Stream {
  constructor(url, onMessage, onState) {
    this.url = url
    this.onMessage = onMessage
    this.onState = onState
    this.wait_ms = WAIT_FIRST_MS
    this.socket = null
    this.timer = 0
    this.silence = 0
    addEventListener('online', () => this.open())
    this.open()
  }

  open() {
    if (this.socket !== null) return
    clearTimeout(this.timer)
    this.onState('connecting', 0)
    let socket
    try {
      socket = new WebSocket(`${this.url}/?channels=${encodeURIComponent(CHANNELS.join(','))}`)
    } catch {
      this.onState('lost', 0, `${this.url} is no address of a stream: it begins with ws:// or wss://`)
      return
    }
    this.socket = socket
    this.listen()
    socket.onmessage = (event) => {
      this.wait_ms = WAIT_FIRST_MS
      this.listen()
      this.onMessage(JSON.parse(event.data))
    }
    socket.onclose = () => this.closed(socket)
  }

  /** Ask whether anybody is there when nothing comes, and give the connection up when nobody is. */
  listen() {
    clearTimeout(this.silence)
    const socket = this.socket
    this.silence = setTimeout(() => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'ping' }))
      this.silence = setTimeout(() => {
        socket.close()
        // The browser may wait long for the other end to agree.
        this.closed(socket)
      }, SILENCE_MS)
    }, SILENCE_MS)
  }

  closed(socket) {
    if (this.socket !== socket) return
    this.socket = null
    socket.onmessage = null
    clearTimeout(this.silence)
    // Pages that all lost the same server should not all come back at the same moment.
    const pause_ms = this.wait_ms * (0.5 + Math.random() / 2)
    this.wait_ms = Math.min(2 * this.wait_ms, WAIT_MOST_MS)
    this.onState('lost', Date.now() + pause_ms)
    this.timer = setTimeout(() => this.open(), pause_ms)
  }
}

/* What is known of the simulation: the newest of each kind, a bounded tape, and the numbers of the trades. */

const chart = new PriceChart(byId('chart'))
const state = {
  simulation: null,
  symbol: null,
  markets: new Map(),
  agents: null,
  news: null,
  missed: 0,
  messages: 0,
  connection: { name: 'connecting', until: 0, why: '' },
}
let lastTrade = null

const marketOf = (symbol) => {
  let market = state.markets.get(symbol)
  if (market === undefined) {
    market = { prices: null, book: null, tape: [], first: null }
    state.markets.set(symbol, market)
  }
  return market
}

const choose = (symbol) => {
  state.symbol = symbol
  chart.clear()
  const facts = state.simulation?.symbols?.find((one) => one.symbol === symbol)
  chart.digits = placesOf(facts?.price_step)
}

const begin = (simulation) => {
  // Another simulation counts from one again, and nothing of the last one is true any more.
  state.markets.clear()
  state.agents = null
  state.news = null
  lastTrade = null
  state.simulation = simulation
  const symbols = (simulation.symbols ?? []).map((one) => one.symbol)
  choose(symbols.includes(state.symbol) ? state.symbol : (symbols[0] ?? null))
  byId('symbols').replaceChildren(...symbols.map((symbol) => new Option(symbol, symbol, false, symbol === state.symbol)))
  byId('symbols').hidden = symbols.length < 2
}

const takers = {
  simulation(message) {
    if (state.simulation === null || message.run !== state.simulation.run) begin(message)
    state.simulation = message
  },
  market_data(message) {
    const market = marketOf(message.symbol)
    market.prices = message
    market.first ??= message.last_price
    if (message.symbol === state.symbol) chart.price(message.timestamp, message.last_price)
  },
  trade(message) {
    // Trades are never left out, so a gap is what happened while there was no connection.
    if (lastTrade !== null) state.missed += message.sequence - lastTrade - 1
    lastTrade = message.sequence
    const { tape } = marketOf(message.symbol)
    tape.unshift(message)
    tape.length = Math.min(tape.length, TAPE_ROWS)
    if (message.symbol === state.symbol) chart.trade(message.timestamp, message.price, message.size, message.side)
  },
  orderbook(message) {
    marketOf(message.symbol).book = message
  },
  agent_stats(message) {
    state.agents = message.agents
  },
  news(message) {
    state.news = message
  },
  goodbye(message) {
    state.connection.why = message.detail
  },
}

/* How it is written. */

const placesOf = (step) => (step?.split('.')[1] ?? '').length
const formats = new Map()
const fixed = (amount, places) => {
  if (amount === null || amount === undefined) return '–'
  let format = formats.get(places)
  if (format === undefined) {
    format = new Intl.NumberFormat('en', { minimumFractionDigits: places, maximumFractionDigits: places })
    formats.set(places, format)
  }
  return format.format(amount)
}
const signed = (amount, places) => `${amount > 0 ? '+' : amount < 0 ? '−' : ''}${fixed(Math.abs(amount), places)}`
const bySymbol = () => state.simulation?.symbols?.find((one) => one.symbol === state.symbol)

/** Rows of a table body, made once and written again and again. */
class Rows {
  constructor(table, columns) {
    this.body = byId(table).tBodies[0]
    this.columns = columns
    this.rows = []
  }

  /** As many rows as are wanted, each as its cells. */
  get(count) {
    while (this.rows.length < count) {
      const row = this.body.insertRow()
      for (const name of this.columns) row.insertCell().className = name
      this.rows.push(row)
    }
    while (this.rows.length > count) this.rows.pop().remove()
    return this.rows
  }
}

const book = new Rows('book', ['', '', ''])
const tape = new Rows('tape', ['left', 'number', 'number', 'left who', 'left who'])
const agents = new Rows('agents', ['left', 'left muted', '', '', '', '', '', 'bar'])

const writeSimulation = () => {
  const { simulation } = state
  if (simulation === null) return
  const chip = byId('simulation')
  chip.dataset.state = simulation.state
  const speed = simulation.speed === 0 ? 'as fast as it goes' : `${simulation.speed.toLocaleString('en')}×`
  setText(chip, simulation.run === undefined ? simulation.state : `${simulation.state} ${simulation.state === 'running' ? speed : ''}`)
  setText(byId('run'), simulation.run ?? '')
  const now = marketOf(state.symbol).prices?.timestamp ?? simulation.timestamp
  setText(byId('clock'), now ? new Date(now / 1_000).toISOString().slice(0, 19).replace('T', ' ') : '')
}

const writePrices = (places, sizePlaces) => {
  const { prices, first } = marketOf(state.symbol)
  if (prices === null) return
  const change = prices.last_price - first
  setText(byId('last'), fixed(prices.last_price, places))
  setText(byId('change'), `${signed(change, places)}  (${signed((100 * change) / first, 2)} %)`)
  setUpDown(byId('change'), change)
  setText(byId('bid'), `${fixed(prices.bid_price, places)} × ${fixed(prices.bid_size, sizePlaces)}`)
  setText(byId('ask'), `${fixed(prices.ask_price, places)} × ${fixed(prices.ask_size, sizePlaces)}`)
  const both = prices.bid_price !== null && prices.ask_price !== null
  setText(byId('spread'), both ? fixed(prices.ask_price - prices.bid_price, places) : '–')
  setText(byId('volume'), fixed(prices.volume_24h, Math.min(sizePlaces, 2)))
  const share = prices.volume_24h > 0 ? `${fixed((100 * prices.taker_buy_volume_24h) / prices.volume_24h, 1)} %` : '–'
  setText(byId('taken'), share)
  setText(byId('trades'), fixed(prices.trade_count, 0))
  document.title = `${fixed(prices.last_price, places)} ${state.symbol}`
}

const writeBook = (places, sizePlaces) => {
  const { book: now } = marketOf(state.symbol)
  if (now === null) return
  const sums = (side) => {
    let sum = 0
    return side.slice(0, LEVELS).map(([price, size]) => [price, size, (sum += size)])
  }
  const asks = sums(now.asks)
  const bids = sums(now.bids)
  const most = Math.max(asks.at(-1)?.[2] ?? 0, bids.at(-1)?.[2] ?? 0)
  const rows = book.get(2 * LEVELS + 1)
  const write = (row, side, level) => {
    row.dataset.side = side
    row.style.setProperty('--depth', level === undefined ? '0%' : `${(100 * level[2]) / most}%`)
    row.cells[0].className = side === 'ask' ? 'down' : 'up'
    setText(row.cells[0], level === undefined ? '' : fixed(level[0], places))
    setText(row.cells[1], level === undefined ? '' : fixed(level[1], sizePlaces))
    setText(row.cells[2], level === undefined ? '' : fixed(level[2], sizePlaces))
  }
  for (let level = 0; level < LEVELS; level += 1) {
    // The best ask stands right above the best bid.
    write(rows[LEVELS - 1 - level], 'ask', asks[level])
    write(rows[LEVELS + 1 + level], 'bid', bids[level])
  }
  const middle = rows[LEVELS]
  if (middle.cells.length > 1) {
    middle.className = 'spread'
    middle.replaceChildren(middle.insertCell())
    middle.cells[0].colSpan = 3
  }
  const spread = now.spread === null ? 'one side is empty' : `${fixed(now.mid_price, places + 1)}   spread ${fixed(now.spread, places)}`
  setText(middle.cells[0], spread)
}

const writeTape = (places, sizePlaces) => {
  const trades = marketOf(state.symbol).tape
  tape.get(trades.length).forEach((row, at) => {
    const trade = trades[at]
    const [time, price, size, buyer, seller] = row.cells
    setText(time, clockOf(trade.timestamp))
    // A sign as well as a colour: not everybody can tell red from green.
    setText(price, `${trade.side === 'buy' ? '▲' : trade.side === 'sell' ? '▼' : '◆'} ${fixed(trade.price, places)}`)
    price.className = `number ${trade.side === 'buy' ? 'up' : trade.side === 'sell' ? 'down' : ''}`
    setText(size, fixed(trade.size, sizePlaces))
    setText(buyer, trade.buyer)
    setText(seller, trade.seller)
  })
}

const writeAgents = (sizePlaces) => {
  if (state.agents === null) return
  const shown = state.agents.slice(0, AGENT_ROWS)
  const most = Math.max(1e-9, ...shown.map((agent) => Math.abs(agent.pnl)))
  const more = state.agents.length - shown.length
  setText(byId('agents-sum'), more > 0 ? `and ${more} more` : 'profit and loss at the middle of the book')
  agents.get(shown.length).forEach((row, at) => {
    const agent = shown[at]
    const texts = [
      agent.agent_id,
      agent.agent_type,
      fixed(agent.count, 0),
      fixed(agent.positions?.[state.symbol] ?? agent.position, sizePlaces),
      fixed(agent.active_orders, 0),
      fixed(agent.total_trades, 0),
      signed(agent.pnl, 2),
    ]
    texts.forEach((text, column) => setText(row.cells[column], text))
    setUpDown(row.cells[6], agent.pnl)
    const cell = row.cells[7]
    if (cell.firstChild === null) cell.appendChild(document.createElement('div')).append(document.createElement('i'))
    const bar = cell.firstChild.firstChild
    bar.dataset.sign = agent.pnl < 0 ? '-' : '+'
    bar.style.setProperty('--size', `${(50 * Math.abs(agent.pnl)) / most}%`)
  })
}

const writeConnection = () => {
  const { name, until, why } = state.connection
  byId('connection').dataset.state = name
  setText(byId('connection-state'), why || { live: 'live', connecting: 'connecting', lost: 'connection lost' }[name])
  const left_s = Math.ceil((until - Date.now()) / 1_000)
  setText(byId('connection-wait'), name === 'lost' && until > 0 ? `again in ${Math.max(left_s, 0)} s` : '')
  document.body.classList.toggle('stale', name === 'lost')
}

let asked = false
const write = () => {
  asked = false
  const facts = bySymbol()
  const places = placesOf(facts?.price_step)
  const sizePlaces = placesOf(facts?.lot_size)
  writeSimulation()
  writePrices(places, sizePlaces)
  writeBook(places, sizePlaces)
  writeTape(places, sizePlaces)
  writeAgents(sizePlaces)
  const { news } = state
  setText(byId('news'), news === null ? '' : `${clockOf(news.timestamp)}  ${news.symbol}: ${news.text}`)
  setText(byId('gaps'), state.missed === 0 ? 'no trade missed' : `${fixed(state.missed, 0)} trades missed while away`)
  chart.draw()
}
const writeSoon = () => {
  if (asked) return
  asked = true
  requestAnimationFrame(write)
}

/* Begin. */

const url = (new URLSearchParams(location.search).get('url') ?? DEFAULT_URL).trim().replace(/\/+$/, '')
byId('url').value = url
byId('symbols').addEventListener('change', (event) => {
  choose(event.target.value)
  writeSoon()
})
setInterval(() => {
  setText(byId('rate'), `${fixed(state.messages, 0)} messages/s`)
  state.messages = 0
  writeConnection()
}, 1_000)
new Stream(
  url,
  (message) => {
    state.messages += 1
    if (message.type === 'hello') state.connection = { name: 'live', until: 0, why: '' }
    takers[message.type]?.(message)
    if (message.type === 'hello') writeConnection()
    writeSoon()
  },
  (name, until, why) => {
    // What the server said before it closed the connection stays until there is a new one.
    state.connection = { name, until, why: why ?? state.connection.why }
    writeConnection()
  },
)
