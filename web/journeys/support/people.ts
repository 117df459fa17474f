/** People, and what they do without looking at a page. */
import type { BrowserContext } from 'playwright-core'

export const PASSWORD = 'correct horse battery staple'

export interface Person {
  readonly username: string
  readonly key: string
  readonly token: string
}

async function json(response: Response): Promise<Record<string, unknown>> {
  const body = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${JSON.stringify(body)}`)
  return body
}

export async function register(url: string, username: string): Promise<Person> {
  const body = await json(
    await fetch(`${url}/api/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: PASSWORD }),
    }),
  )
  return { username, key: String(body.api_key), token: String(body.jwt_token) }
}

/** Ask the venue as somebody, with his key. */
export async function ask(
  url: string,
  person: Person,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  return json(
    await fetch(`${url}/api/${path}`, {
      method,
      headers: {
        'x-api-key': person.key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
}

export const place = (url: string, person: Person, order: Record<string, unknown>) =>
  ask(url, person, 'POST', 'orders', order)

/** Sign a browser in without the form, for journeys that are not about it. */
export async function bringIn(url: string, context: BrowserContext, person: Person): Promise<void> {
  const response = await context.request.post(`${url}/api/session`, {
    headers: { authorization: `Bearer ${person.token}`, origin: url },
  })
  if (!response.ok()) throw new Error(`no session: ${response.status()}`)
}
