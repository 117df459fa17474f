import { CircleUserRound, KeyRound, LogOut } from 'lucide-react'
import { DropdownMenu as Menu } from 'radix-ui'
import { Link, useLocation } from 'wouter'
import { Button } from '@/components/button'
import { MENU_BOX, MENU_ITEM } from '@/components/menu'
import { signOut, useSession } from '@/session/store'
import { act } from '@/trading/act'

/** Who is signed in, or the way to sign in. */
export function UserMenu() {
  const { standing, me } = useSession()
  const [, navigate] = useLocation()
  if (standing === 'asking') return <span className="w-16" />
  if (!me) {
    return (
      <Link
        href="/sign-in"
        className="inline-flex h-8 items-center rounded-md bg-accent-fill px-3 font-medium text-on-fill hover:brightness-110"
      >
        Sign in
      </Link>
    )
  }
  return (
    <Menu.Root>
      <Menu.Trigger asChild>
        <Button tone="ghost" aria-label={`Account of ${me.username}`}>
          <CircleUserRound size={16} />
          <bdi className="max-w-28 truncate max-sm:hidden">{me.username}</bdi>
        </Button>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content align="end" sideOffset={6} className={MENU_BOX}>
          <div className="px-2 pt-1 pb-2">
            <bdi className="block max-w-56 truncate font-medium">{me.username}</bdi>
            <span className="text-faint text-xs">{me.role === 'admin' ? 'Administrator' : 'Trader'}</span>
          </div>
          <Menu.Separator className="mb-1 h-px bg-line" />
          <Menu.Item className={MENU_ITEM} onSelect={() => navigate('/account')}>
            <KeyRound size={14} className="text-faint" />
            Account and API keys
          </Menu.Item>
          <Menu.Item
            className={MENU_ITEM}
            onSelect={() => {
              act(signOut(), () => 'Signed out').then(() => navigate('/'))
            }}
          >
            <LogOut size={14} className="text-faint" />
            Sign out
          </Menu.Item>
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  )
}
