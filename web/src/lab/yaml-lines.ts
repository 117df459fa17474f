/** Where in a run file a refusal points: the server says `config:12: …`, or `line 12`. Pure. */

/** The line that a message names, from 1; null where it names none, or one that is not there. */
export function lineNamed(message: string, text: string): number | null {
  const match = /^config:(\d{1,6})\b|\bline (\d{1,6})\b/i.exec(message)
  if (!match) return null
  const line = Number(match[1] ?? match[2])
  return line >= 1 && line <= text.split('\n').length ? line : null
}

/** A refusal in words: `config:12: …` is Line 12: …. */
export const lineWords = (message: string): string =>
  message.replace(/^config:(\d+)(:\d+)?:\s*/i, 'Line $1: ')

/** Where a line begins and ends in a text. */
export function lineRange(text: string, line: number): readonly [start: number, end: number] {
  const lines = text.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return [start, start + (lines[line - 1]?.length ?? 0)]
}
