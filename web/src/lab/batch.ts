/** Runs that are made as fast as they go: their progress comes line by line, and whoever hangs up ends them. */
import * as v from 'valibot'
import { readJson } from '@/lab/json'
import { read, WireError } from '@/wire/reading'
import { RequestError, UnreachableError } from '@/wire/rest'

/** A line longer than this is none. */
const LINE_MAX = 1 << 20

const progress = v.object({
  type: v.literal('progress'),
  progress: v.number(),
  done: v.optional(v.number(), 0),
  of: v.optional(v.number(), 1),
  timestamp: v.nullish(v.number(), null),
  steps: v.nullish(v.number(), null),
  trades: v.nullish(v.number(), null),
})
const final = v.object({
  type: v.literal('final'),
  run: v.nullish(v.string(), null),
  status: v.nullish(v.string(), 'complete'),
})
const failed = v.object({ type: v.literal('error'), error: v.string() })
const line = v.variant('type', [progress, final, failed])

export type Progress = v.InferOutput<typeof progress>
export type Final = v.InferOutput<typeof final>

export interface BatchWanted {
  readonly preset?: string
  readonly config?: string
  readonly seed?: number
  readonly seeds?: number
  readonly set?: Readonly<Record<string, unknown>>
}

const refusal = v.object({ detail: v.string(), code: v.string() })

async function refused(response: Response): Promise<RequestError> {
  try {
    const { detail, code } = v.parse(refusal, JSON.parse(await response.text()))
    return new RequestError(response.status, code, detail)
  } catch {
    return new RequestError(response.status, 'unreadable', `the answer had the status ${response.status}`)
  }
}

/** The lines of a text that comes in pieces. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of pieces) {
    rest += piece
    if (rest.length > LINE_MAX) throw new WireError('a line is too long')
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const one of lines) if (one.trim() !== '') yield one
  }
  if (rest.trim() !== '') yield rest
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield decoder.decode(value, { stream: true })
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

/** Read lines until the last one. Raises Error with the reason where the run failed or broke off. */
export async function readBatch(
  lines: AsyncIterable<string>,
  onProgress: (progress: Progress) => void,
): Promise<Final> {
  for await (const text of lines) {
    const message = read(line, readJson(text), 'progress of a run')
    if (message.type === 'final') return message
    if (message.type === 'error') throw new Error(message.error)
    onProgress(message)
  }
  throw new Error('the server hung up before the run was done')
}

/** Make a run, or several. Aborting the signal ends them. */
export async function makeRuns(
  wanted: BatchWanted,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Final> {
  const url = new URL('api/lab/runs', document.baseURI)
  url.hash = ''
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
      signal,
    })
  } catch (error) {
    if (signal.aborted) throw error
    throw new UnreachableError()
  }
  if (!response.ok) throw await refused(response)
  if (!response.body) throw new WireError('the answer is empty')
  return readBatch(linesOf(textOf(response.body)), onProgress)
}
