/**
 * Who is signed in. The secret itself is in a cookie that no script can read; here is only the name that goes with it.
 */
import { create } from 'zustand'
import { connection, onConnectionSignedOut, useStream } from '@/stream/store'
import * as api from '@/wire/api'
import { queries } from '@/wire/queries'
import { onSignedOut } from '@/wire/rest'

export interface SessionState {
  /** `asking` until the venue has said who this is. */
  readonly standing: 'asking' | 'signed_in' | 'signed_out'
  readonly me: api.Me | null
  /** Whether a session ended by itself: the page stays as it is, and asks for the password. */
  readonly over: boolean
  /** The API key that registration gave, until it was seen. */
  readonly firstKey: string | null
}

export const useSession = create<SessionState>(() => ({
  standing: 'asking',
  me: null,
  over: false,
  firstKey: null,
}))

let unfollow: (() => void) | null = null

function enter(me: api.Me | null, more: Partial<SessionState> = {}): void {
  const before = useSession.getState().me
  // The socket belongs to whoever opened it.
  if (before?.user_id !== me?.user_id) connection.changeUser()
  else connection.restart()
  adopt(me, more)
}

function adopt(me: api.Me | null, more: Partial<SessionState> = {}): void {
  unfollow?.()
  unfollow = null
  const before = useSession.getState()
  useSession.setState({ standing: me ? 'signed_in' : 'signed_out', me, over: false, ...more })
  if (me) unfollow = connection.follow(['account'])
  // What was asked for as somebody else, or as nobody, is not this user's. Private pages are gone by then.
  if (before.standing !== 'asking' && before.me?.user_id !== me?.user_id) {
    setTimeout(() => void queries.resetQueries())
  }
}

/** Ask who this is, when the page is opened. */
export async function recogniseUser(): Promise<void> {
  try {
    // The socket was opened with the same cookie.
    adopt(await api.getSession())
  } catch {
    // The venue is not there: the stream says so, and it is asked again when it is back.
    useSession.setState({ standing: 'signed_out' })
    const unsubscribe = useStream.subscribe(({ link }) => {
      if (link !== 'open') return
      unsubscribe()
      void recogniseUser()
    })
  }
}

export async function signIn(credentials: api.Credentials): Promise<void> {
  const { jwt_token } = await api.login(credentials)
  enter(await api.keepSession(jwt_token))
}

export async function register(credentials: api.Credentials): Promise<void> {
  const { jwt_token, api_key } = await api.register(credentials)
  enter(await api.keepSession(jwt_token), { firstKey: api_key })
}

export async function signOut(): Promise<void> {
  await api.endSession()
  enter(null)
}

export const firstKeySeen = (): void => useSession.setState({ firstKey: null })

/** The session ended elsewhere, or ran out: what is on the page stays, and a dialog asks for the password. */
function sessionOver(): void {
  const { me, over } = useSession.getState()
  if (me && !over) useSession.setState({ over: true })
}

/** Somebody chose to go on without signing in again. */
export const giveUpSession = (): void => enter(null)

onSignedOut(sessionOver)
onConnectionSignedOut(sessionOver)
