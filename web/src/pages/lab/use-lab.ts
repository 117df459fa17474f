/** Parts of the live simulation as the page looks at them. */
import { useEffect, useMemo } from 'react'
import { create } from 'zustand'
import { type Frame, fittingFrame } from '@/lab/frames'
import type { LabMarket, Simulation } from '@/lab/messages'
import { getPast } from '@/lab/past'
import type { LabState } from '@/lab/state'
import { lab, useLab } from '@/lab/store'
import { useLabSettings } from '@/pages/lab/settings'
import type { Standing } from '@/stream/state'

const NO_MARKETS: readonly LabMarket[] = []

export const useSimulation = (): Simulation | null => useLab((state) => state.simulation)
export const useMarkets = (): readonly LabMarket[] =>
  useLab((state) => state.simulation?.symbols ?? NO_MARKETS)

/** The market that is looked at, by name. */
export const useChosenMarket = create<{ readonly symbol: string | null }>(() => ({ symbol: null }))

/** The market that is looked at: the first until another is chosen; none while none is known. */
export function useMarket(): LabMarket | null {
  const markets = useMarkets()
  const chosen = useChosenMarket((state) => state.symbol)
  return useMemo(
    () => markets.find((market) => market.symbol === chosen) ?? markets[0] ?? null,
    [markets, chosen],
  )
}

/** Have what happened before this page looked, and while it was not connected. */
export function usePast(): void {
  const run = useLab((state) => state.simulation?.run ?? null)
  const connections = useLab((state) => state.counts.connections)
  useEffect(() => {
    if (run === null || connections === 0) return
    const abort = new AbortController()
    getPast(abort.signal).then(
      (past) => lab.recall(run, past),
      // The lines go on from here.
      () => undefined,
    )
    return () => abort.abort()
  }, [run, connections])
}

/** The newest simulated time that this page has heard of, in milliseconds; null while nothing runs. */
export function nowOf(state: LabState): number | null {
  let newest = state.simulation?.timestamp ?? null
  if (newest === null) return null
  for (const market of state.markets.values()) newest = Math.max(newest, market.timestamp)
  return newest / 1_000
}

/** How far what is shown is to be believed. */
export const useStanding = (): Standing =>
  useLab((state) => (state.link === 'lost' ? 'stale' : state.link === 'connecting' ? 'asked' : 'live'))

/** The run that this page has ended: it takes a while until it is written, and nothing can be done to it any more. */
export const useEnding = create<{ readonly run: string | null }>(() => ({ run: null }))

/** Whether what is shown has been ended and is still being written. */
export function useIsEnding(): boolean {
  const run = useEnding((state) => state.run)
  return useLab(
    ({ simulation }) =>
      run !== null &&
      simulation?.run === run &&
      (simulation.state === 'running' || simulation.state === 'paused'),
  )
}

/** Whether the page may steer at this moment, and something is there to be steered. */
export function useMaySteer(): boolean {
  const ending = useIsEnding()
  const may = useLab(
    (state) =>
      state.control &&
      state.link === 'open' &&
      (state.simulation?.state === 'running' || state.simulation?.state === 'paused'),
  )
  return may && !ending
}

const FRAME_AT_FIRST = new Map<string, Frame>()
const FIRST_MAX = 50

/** The frame that is shown: the chosen one, or one that suited the run when it was first seen. */
export function useFrame(): Frame {
  const chosen = useLabSettings((state) => state.frame)
  const fitting = useLab(({ simulation }): Frame => {
    if (!simulation?.run) return '1m'
    const known = FRAME_AT_FIRST.get(simulation.run)
    if (known) return known
    const elapsed = ((simulation.timestamp ?? 0) - (simulation.began ?? simulation.timestamp ?? 0)) / 1e6
    const frame = fittingFrame(elapsed, simulation.speed ?? 1)
    if (FRAME_AT_FIRST.size > FIRST_MAX) FRAME_AT_FIRST.clear()
    FRAME_AT_FIRST.set(simulation.run, frame)
    return frame
  })
  return chosen ?? fitting
}
