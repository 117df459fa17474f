import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ban, KeyRound, MoreHorizontal, ShieldMinus, ShieldPlus, UserCheck } from 'lucide-react'
import { DropdownMenu as Menu } from 'radix-ui'
import { useState } from 'react'
import { announce } from '@/components/announcer'
import { Badge } from '@/components/badge'
import { IconButton } from '@/components/button'
import { Refused } from '@/components/in-place'
import { MENU_BOX, MENU_ITEM } from '@/components/menu'
import { roleWord } from '@/format/words'
import { ChangeConfirm } from '@/pages/admin/change-confirm'
import { PasswordDialog } from '@/pages/admin/password-dialog'
import { type ChangeKind, changeOf } from '@/pages/admin/user-changes'
import { useSession } from '@/session/store'
import { changeUser } from '@/wire/api'
import type { User } from '@/wire/views'

/** One user, and what can be done about him. Bots of the house are the house's own. */
export function UserRow({ user }: { user: User }) {
  const queries = useQueryClient()
  const own = useSession((state) => state.me?.user_id === user.user_id)
  const [asking, setAsking] = useState<ChangeKind | null>(null)
  const [password, setPassword] = useState(false)
  const changing = useMutation({
    mutationFn: (kind: ChangeKind) => changeUser(user.username, changeOf(kind)),
    onSuccess: (_, kind) => {
      announce(`${user.username} is changed`)
      // Whoever takes his own rights away loses this page.
      if (own && kind === 'trader') {
        useSession.setState(({ me }) => ({ me: me && { ...me, role: 'trader' } }))
      }
      return queries.invalidateQueries({ queryKey: ['admin', 'users'] })
    },
  })
  return (
    <>
      <tr className="h-8 border-line border-b last:border-b-0 hover:bg-hover">
        <td className="w-full max-w-0 px-3 py-1">
          <span className="flex items-center gap-2">
            <bdi className="truncate font-medium" title={user.username}>
              {user.username}
            </bdi>
            {own && <Badge>You</Badge>}
          </span>
        </td>
        <td className="px-2 py-1 max-lg:hidden">
          <code className="whitespace-nowrap font-mono text-2xs text-faint">{user.user_id}</code>
        </td>
        <td className="px-2 py-1">
          <Badge tone={user.role === 'admin' ? 'accent' : 'plain'}>{roleWord(user.role)}</Badge>
        </td>
        <td className="tabular px-4 py-1 text-right text-muted max-sm:hidden">{user.account ?? '–'}</td>
        <td className="px-2 py-1">
          {user.disabled ? <Badge tone="down">Disabled</Badge> : <Badge tone="up">Active</Badge>}
        </td>
        <td className="px-3 py-1 text-right">
          {user.role !== 'house' && (
            <UserActions
              user={user}
              busy={changing.isPending}
              onAsk={setAsking}
              onPassword={() => setPassword(true)}
            />
          )}
        </td>
      </tr>
      {changing.error && (
        <tr>
          <td colSpan={6} className="border-line border-b px-3 py-2">
            <Refused error={changing.error} />
          </td>
        </tr>
      )}
      {asking && (
        <ChangeConfirm
          user={user}
          own={own}
          kind={asking}
          onClose={() => setAsking(null)}
          onConfirm={() => changing.mutate(asking)}
        />
      )}
      {password && <PasswordDialog user={user} own={own} onClose={() => setPassword(false)} />}
    </>
  )
}

interface ActionsProps {
  user: User
  busy: boolean
  onAsk: (kind: ChangeKind) => void
  onPassword: () => void
}

function UserActions({ user, busy, onAsk, onPassword }: ActionsProps) {
  return (
    <Menu.Root>
      <Menu.Trigger asChild>
        <IconButton label={`Change ${user.username}`} size="sm" busy={busy}>
          <MoreHorizontal size={15} />
        </IconButton>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content align="end" sideOffset={4} className={MENU_BOX}>
          {user.role === 'admin' ? (
            <Menu.Item className={MENU_ITEM} onSelect={() => onAsk('trader')}>
              <ShieldMinus size={14} className="text-faint" />
              Make a trader
            </Menu.Item>
          ) : (
            <Menu.Item className={MENU_ITEM} onSelect={() => onAsk('admin')}>
              <ShieldPlus size={14} className="text-faint" />
              Make an administrator
            </Menu.Item>
          )}
          <Menu.Item className={MENU_ITEM} onSelect={onPassword}>
            <KeyRound size={14} className="text-faint" />
            Set a password
          </Menu.Item>
          <Menu.Separator className="my-1 h-px bg-line" />
          {user.disabled ? (
            <Menu.Item className={MENU_ITEM} onSelect={() => onAsk('enable')}>
              <UserCheck size={14} className="text-faint" />
              Enable
            </Menu.Item>
          ) : (
            <Menu.Item className={MENU_ITEM} onSelect={() => onAsk('disable')}>
              <Ban size={14} className="text-down" />
              Disable
            </Menu.Item>
          )}
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  )
}
