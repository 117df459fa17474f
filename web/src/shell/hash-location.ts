/**
 * Where the application is: everything behind `#`, query and all, such as `#/sign-in?next=/account`. The server never
 * sees it, so no path of it can be refused, and a link to it can be sent to anybody.
 */
import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  window.addEventListener('popstate', listener)
  return () => {
    window.removeEventListener('hashchange', listener)
    window.removeEventListener('popstate', listener)
  }
}

function parts(): [path: string, search: string] {
  const text = window.location.hash.slice(1)
  const mark = text.indexOf('?')
  const path = mark < 0 ? text : text.slice(0, mark)
  return [path.startsWith('/') ? path : `/${path}`, mark < 0 ? '' : text.slice(mark + 1)]
}

function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  const before = window.location.href
  if (replace) window.history.replaceState(null, '', `#${to}`)
  else window.history.pushState(null, '', `#${to}`)
  window.dispatchEvent(new HashChangeEvent('hashchange', { oldURL: before, newURL: window.location.href }))
}

const path = () => parts()[0]
const search = () => parts()[1]

/** As wouter wants it: the path, and how to go elsewhere. */
export const useHashPath = (): [string, typeof navigate] => [useSyncExternalStore(subscribe, path), navigate]
useHashPath.hrefs = (href: string) => `#${href}`

export const useHashSearch = (): string => useSyncExternalStore(subscribe, search)
