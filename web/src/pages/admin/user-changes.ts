/** What an administrator can change of a user, and how he is asked before it. */
import type { UserChange } from '@/wire/api'

export type ChangeKind = 'admin' | 'trader' | 'disable' | 'enable'

const CHANGES: Readonly<Record<ChangeKind, UserChange>> = {
  admin: { role: 'admin' },
  trader: { role: 'trader' },
  disable: { disabled: true },
  enable: { disabled: false },
}
export const changeOf = (kind: ChangeKind): UserChange => CHANGES[kind]

export interface Question {
  readonly title: string
  readonly description: string
  readonly action: string
  readonly danger: boolean
}

/** Whether the administrator would take his own rights away, which is asked twice. */
export const locksOut = (kind: ChangeKind, own: boolean): boolean =>
  own && (kind === 'trader' || kind === 'disable')

export function questionOf(kind: ChangeKind, username: string): Question {
  switch (kind) {
    case 'admin':
      return {
        title: `Make ${username} an administrator?`,
        description: 'He can halt trading, tell news, and change every user, from his next request on.',
        action: 'Make administrator',
        danger: false,
      }
    case 'trader':
      return {
        title: `Make ${username} a trader?`,
        description: 'He keeps his account and can administer nothing any more, from his next request on.',
        action: 'Make trader',
        danger: true,
      }
    case 'disable':
      return {
        title: `Disable ${username}?`,
        description: 'His sessions end at once and his keys open nothing. His open orders stay.',
        action: 'Disable',
        danger: true,
      }
    case 'enable':
      return {
        title: `Enable ${username}?`,
        description: 'He can sign in again, and his keys work again.',
        action: 'Enable',
        danger: false,
      }
  }
}
