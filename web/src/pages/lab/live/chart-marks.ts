/** Marks as the chart draws them: those that fall into one candle are one. Pure. */
import type { LabMark } from '@/lab/state'
import type { ChartMark } from '@/trading/price-chart'
import type { Candle } from '@/wire/views'

const WORDS_MAX = 22

const LOOK: Readonly<
  Record<LabMark['kind'], Pick<ChartMark, 'shape' | 'tone' | 'position'> & { words: string }>
> = {
  news: { shape: 'square', tone: 'accent', position: 'aboveBar', words: '' },
  shock: { shape: 'arrowDown', tone: 'warn', position: 'aboveBar', words: 'Shock' },
  enter: { shape: 'circle', tone: 'up', position: 'belowBar', words: '+' },
  change: { shape: 'circle', tone: 'muted', position: 'belowBar', words: '' },
  leave: { shape: 'circle', tone: 'down', position: 'belowBar', words: '\u2212' },
}

/** The place of the candle that a time falls into, or the one before it; -1 before the first. */
export function candleBefore(candles: readonly Candle[], time: number): number {
  let low = 0
  let high = candles.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((candles[middle]?.timestamp ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Marks by the beginning of their candle. What happened before the first trade belongs to the first candle. */
export function marksByCandle(
  marks: readonly LabMark[],
  candles: readonly Candle[],
): ReadonlyMap<number, readonly LabMark[]> {
  const found = new Map<number, LabMark[]>()
  for (const mark of marks) {
    const candle = candles[Math.max(0, candleBefore(candles, mark.time))]
    if (!candle) continue
    const there = found.get(candle.timestamp)
    if (there) there.push(mark)
    else found.set(candle.timestamp, [mark])
  }
  return found
}

const shortened = (text: string): string =>
  text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX - 1).trimEnd()}…` : text

/** What is drawn for them: one above and one below a candle at most. */
export function chartMarks(byCandle: ReadonlyMap<number, readonly LabMark[]>): ChartMark[] {
  const drawn: ChartMark[] = []
  for (const [time, marks] of [...byCandle].sort(([a], [b]) => a - b)) {
    for (const position of ['aboveBar', 'belowBar'] as const) {
      const here = marks.filter((mark) => LOOK[mark.kind].position === position)
      const [first] = here
      if (!first) continue
      const { shape, tone, words } = LOOK[first.kind]
      const said = first.kind === 'news' ? shortened(first.words) : words
      drawn.push({
        key: `${position} ${time}`,
        time,
        position,
        shape,
        tone,
        words: here.length > 1 ? `${said} +${here.length - 1}`.trim() : said,
      })
    }
  }
  return drawn
}
