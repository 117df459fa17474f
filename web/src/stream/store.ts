/** The stream as React sees it: the newest state, shown at most once for each frame that the browser paints. */
import { create } from 'zustand'
import { Connection } from '@/stream/connection'
import { EMPTY_STATE, type StreamState } from '@/stream/state'

/** A page that nobody sees paints no frames; its state is kept up all the same. */
const HIDDEN_EVERY_MS = 500

export const useStream = create<StreamState>(() => EMPTY_STATE)

let newest: StreamState = EMPTY_STATE
let scheduled = false

function publish(): void {
  scheduled = false
  useStream.setState(newest, true)
}

function show(state: StreamState): void {
  newest = state
  if (scheduled) return
  scheduled = true
  if (document.visibilityState === 'hidden') setTimeout(publish, HIDDEN_EVERY_MS)
  else requestAnimationFrame(publish)
}

const leavers = new Set<() => void>()

/** Be told when the venue no longer knows who opened the connection. */
export function onConnectionSignedOut(listener: () => void): void {
  leavers.add(listener)
}

function address(): string {
  const url = new URL('ws', document.baseURI)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.hash = ''
  return url.href
}

export const connection = new Connection({
  open: () => new WebSocket(address()),
  show,
  now: () => performance.now(),
  random: Math.random,
  signedOut: () => {
    for (const listener of leavers) listener()
  },
})

/** Connect, and look after the connection as the page sleeps and wakes. */
export function startStream(): void {
  const wake = () => {
    if (document.visibilityState !== 'visible') return
    // A frame that was asked for before the page was hidden never came.
    publish()
    connection.wake()
  }
  document.addEventListener('visibilitychange', wake)
  document.addEventListener('resume', wake)
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) wake()
  })
  window.addEventListener('online', wake)
  connection.follow(['prices', 'news'])
  connection.start()
}
