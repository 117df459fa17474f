/** Where to go after signing in, as an address said it: only ever a page of this application. */

/** Where to go when nothing was said, or something that is no page of ours. */
export const DEFAULT_NEXT = '/trade'

const LENGTH_MAX = 512
/** What has no place in an address, and what browsers read as a slash or leave out. */
const STRANGE = /[\\\p{C}\s]/u

/** Return the path to go to. Other sites, schemes and the sign-in page itself are not followed. */
export function safeNext(wanted: string | null | undefined): string {
  if (!wanted || wanted.length > LENGTH_MAX || STRANGE.test(wanted)) return DEFAULT_NEXT
  // Two slashes are another host; a path that climbs is not one of ours.
  if (!wanted.startsWith('/') || wanted.includes('//') || /(^|\/)\.\.?(\/|$)/.test(wanted))
    return DEFAULT_NEXT
  if (wanted.includes('#') || /^\/sign-in(?:[/?]|$)/i.test(wanted)) return DEFAULT_NEXT
  return wanted
}

/** What the query of the sign-in page asks for. */
export function readQuery(search: string): { next: string; wantsNew: boolean } {
  const query = new URLSearchParams(search)
  return { next: safeNext(query.get('next')), wantsNew: query.get('new') === '1' }
}
