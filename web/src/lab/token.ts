/** The control token as it comes in the address of the page: taken once, and wiped from there. */

/** The token in what stands behind `#`, such as `#token=abc`; null where there is none. */
export function tokenIn(hash: string): string | null {
  const text = hash.replace(/^#\/?\??/, '')
  const token = new URLSearchParams(text).get('token')
  return token === null || token.trim() === '' ? null : token.trim()
}

/** Take the token out of the address, so that neither the history nor whoever looks over a shoulder has it. */
export function takeToken(): string | null {
  const token = tokenIn(window.location.hash)
  if (token !== null) {
    window.history.replaceState(null, '', window.location.pathname + window.location.search)
  }
  return token
}
