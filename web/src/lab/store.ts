/** The live simulation as React sees it: the newest state, at most once for each frame that the browser paints. */
import { useEffect } from 'react'
import { create } from 'zustand'
import { LabConnection } from '@/lab/connection'
import { EMPTY_LAB, type LabState } from '@/lab/state'
import { calmly, useCalmly } from '@/stream/calmly'

/** A page that nobody sees paints no frames; its state is kept up all the same. */
const HIDDEN_EVERY_MS = 500

export const useLab = create<LabState>(() => EMPTY_LAB)

let newest: LabState = EMPTY_LAB
let scheduled = false

function publish(): void {
  scheduled = false
  useLab.setState(newest, true)
}

function show(state: LabState): void {
  newest = state
  if (scheduled) return
  scheduled = true
  if (document.visibilityState === 'hidden') setTimeout(publish, HIDDEN_EVERY_MS)
  else requestAnimationFrame(publish)
}

function address(channels: readonly string[]): string {
  const url = new URL('ws/lab', document.baseURI)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.hash = ''
  url.searchParams.set('channels', channels.join())
  return url.href
}

export const lab = new LabConnection({
  open: (channels) => new WebSocket(address(channels)),
  show,
  random: Math.random,
})

/** Be connected as long as the component is there. */
export function useLabConnection(): void {
  useEffect(() => {
    const wake = () => {
      if (document.visibilityState !== 'visible') return
      // A frame that was asked for before the page was hidden never came.
      publish()
      lab.wake()
    }
    const leave = lab.use()
    document.addEventListener('visibilitychange', wake)
    window.addEventListener('online', wake)
    return () => {
      document.removeEventListener('visibilitychange', wake)
      window.removeEventListener('online', wake)
      leave()
    }
  }, [])
}

/** Follow a channel as long as the component is there. */
export function useLabChannel(channel: string | null): void {
  useEffect(() => (channel === null ? undefined : lab.follow([channel])), [channel])
}

/** Call back when the state has changed, at once, and then no more often than every so many milliseconds. */
export const subscribeLabCalmly = (listener: (state: LabState) => void, everyMs: number): (() => void) =>
  calmly(useLab, listener, everyMs)

/** A part of the state, looked at no more often than every so many milliseconds. */
export const useCalmLab = <T>(select: (state: LabState) => T, everyMs: number): T =>
  useCalmly(useLab, select, everyMs)
