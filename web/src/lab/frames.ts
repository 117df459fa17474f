/** The frames of candles, and which one suits. */

export const FRAMES = [
  '1s',
  '5s',
  '10s',
  '15s',
  '30s',
  '1m',
  '3m',
  '5m',
  '10m',
  '15m',
  '30m',
  '1h',
  '2h',
  '4h',
  '6h',
  '8h',
  '12h',
  '1d',
  '3d',
  '1w',
  '1M',
] as const
export type Frame = (typeof FRAMES)[number]

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800, M: 2_592_000 }

/** How long a frame is; a month is taken for thirty days. */
export const secondsOf = (frame: Frame): number => Number.parseInt(frame, 10) * (UNITS[frame.slice(-1)] ?? 1)

const NAMES: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  M: 'month',
}

/** 5 minutes */
export function frameWords(frame: Frame): string {
  const count = Number.parseInt(frame, 10)
  return `${count} ${NAMES[frame.slice(-1)] ?? ''}${count === 1 ? '' : 's'}`
}

/** Frames that stand in the toolbar; the others are in its list. */
export const SHOWN_FRAMES: readonly Frame[] = ['1s', '5s', '30s', '1m', '5m', '15m', '1h', '4h', '1d']

/** About as many candles are to be seen at the beginning. */
const CANDLES_WANTED = 150
/** On the wall: how far ahead it looks. */
const AHEAD_S = 60

/**
 * The frame in which what has gone by and the next minute on the wall are a good handful of candles.
 *
 * @param elapsed_s Simulated seconds since the beginning.
 * @param speed Simulated seconds for one on the wall; 0 is as fast as it goes.
 */
export function fittingFrame(elapsed_s: number, speed: number): Frame {
  const span = elapsed_s + AHEAD_S * (speed === 0 ? 1_000 : speed)
  return FRAMES.find((frame) => secondsOf(frame) * CANDLES_WANTED >= span) ?? '1d'
}
