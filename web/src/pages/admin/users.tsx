import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '@/components/button'
import { Panel } from '@/components/panel'
import { Failed, SkeletonRows } from '@/components/states'
import { CreateUser } from '@/pages/admin/create-user'
import { UserRow } from '@/pages/admin/user-row'
import { getUsers } from '@/wire/api'

const ROWS = 25

/** Everybody whom the venue knows, a page at a time. */
export function Users() {
  const [offset, setOffset] = useState(0)
  const [creating, setCreating] = useState(false)
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['admin', 'users', offset],
    queryFn: ({ signal }) => getUsers({ limit: ROWS, offset }, signal),
    placeholderData: keepPreviousData,
  })
  const total = data?.total ?? 0
  const lastOffset = Math.max(0, Math.floor((total - 1) / ROWS) * ROWS)
  return (
    <Panel
      title={
        <>
          Users{' '}
          {data && <span className="tabular font-normal text-faint">{total.toLocaleString('en-GB')}</span>}
        </>
      }
      tools={
        <Button size="sm" tone="accent" onClick={() => setCreating(true)}>
          <UserPlus size={13} />
          New user
        </Button>
      }
    >
      {data ? (
        <>
          <div className="overflow-x-auto" aria-busy={isPlaceholderData}>
            <table className={isPlaceholderData ? 'w-full opacity-60' : 'w-full'}>
              <thead>
                <tr className="eyebrow border-line border-b text-left">
                  <th scope="col" className="px-3 py-1.5 font-medium">
                    User
                  </th>
                  <th scope="col" className="px-2 py-1.5 font-medium max-lg:hidden">
                    User id
                  </th>
                  <th scope="col" className="px-2 py-1.5 font-medium">
                    Role
                  </th>
                  <th scope="col" className="px-4 py-1.5 text-right font-medium max-sm:hidden">
                    Account
                  </th>
                  <th scope="col" className="px-2 py-1.5 font-medium">
                    Standing
                  </th>
                  <th scope="col" className="w-10 px-3 py-1.5">
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.users.map((user) => (
                  <UserRow key={user.user_id} user={user} />
                ))}
              </tbody>
            </table>
          </div>
          <nav
            aria-label="Pages of users"
            className="flex items-center justify-end gap-2 border-line border-t px-3 py-1.5"
          >
            <span className="tabular mr-auto text-faint text-xs" aria-live="polite">
              {total === 0 ? 'Nobody' : `${offset + 1} to ${Math.min(offset + ROWS, total)} of ${total}`}
            </span>
            <Button size="sm" disabled={offset === 0} onClick={() => setOffset(0)}>
              First
            </Button>
            <IconButton
              label="The page before"
              size="sm"
              disabled={offset === 0}
              onClick={() => setOffset(Math.max(0, offset - ROWS))}
            >
              <ChevronLeft size={14} />
            </IconButton>
            <IconButton
              label="The next page"
              size="sm"
              disabled={offset >= lastOffset}
              onClick={() => setOffset(offset + ROWS)}
            >
              <ChevronRight size={14} />
            </IconButton>
            <Button size="sm" disabled={offset >= lastOffset} onClick={() => setOffset(lastOffset)}>
              Last
            </Button>
          </nav>
        </>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows rows={10} />
      )}
      <CreateUser
        open={creating}
        onOpenChange={setCreating}
        // Whoever is new stands at the end.
        onCreated={() => setOffset(Math.floor(total / ROWS) * ROWS)}
      />
    </Panel>
  )
}
