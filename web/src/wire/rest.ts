/** Requests over HTTP, relative to where the page is, so that they work under any path. */
import * as v from 'valibot'
import { parseJson } from '@/wire/json'
import { read, WireError } from '@/wire/reading'

const WITHIN_MS = 15_000

/** The venue refused a request. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly status: number
  readonly code: string
  /** When it is worth asking again, where the venue says so. */
  readonly retryAfterSeconds: number | null

  constructor(status: number, code: string, detail: string, retryAfterSeconds: number | null = null) {
    super(detail)
    this.status = status
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The venue cannot be reached. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'

  constructor() {
    super('the venue cannot be reached')
  }
}

const refusal = v.object({ detail: v.string(), code: v.string() })

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

export interface Answer<T> {
  readonly data: T
  /** The venue's newest event when it answered. */
  readonly sequence: bigint
}

interface Options {
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

const listeners = new Set<() => void>()

/** Be told when the venue no longer knows who is signed in. */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function addressOf(path: string, query: Options['query']): string {
  const url = new URL(path, document.baseURI)
  url.hash = ''
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url.href
}

async function fetched(method: Method, path: string, options: Options): Promise<Response> {
  const timeout = AbortSignal.timeout(WITHIN_MS)
  try {
    return await fetch(addressOf(path, options.query), {
      method,
      headers: {
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new UnreachableError()
  }
}

function refused(response: Response, text: string): RequestError {
  try {
    const { detail, code } = v.parse(refusal, parseJson(text))
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    return new RequestError(response.status, code, detail, Number.isFinite(seconds) ? seconds : null)
  } catch {
    // A proxy's own page, not the venue's answer.
    return new RequestError(response.status, 'unreadable', `the answer had the status ${response.status}`)
  }
}

/** Send a request. Raises RequestError, UnreachableError, or WireError where the answer is not as promised. */
export async function request<Schema extends v.GenericSchema>(
  method: Method,
  path: string,
  schema: Schema,
  options: Options = {},
): Promise<Answer<v.InferOutput<Schema>>> {
  const response = await fetched(method, path, options)
  const text = await response.text()
  if (!response.ok) {
    const error = refused(response, text)
    if (error.status === 401 && error.code === 'not_signed_in' && !path.startsWith('api/login')) {
      for (const listener of listeners) listener()
    }
    throw error
  }
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    throw new WireError(`${path}: the answer is no JSON`)
  }
  return {
    data: read(schema, value, path),
    sequence: BigInt(response.headers.get('x-sequence') ?? '0'),
  }
}
