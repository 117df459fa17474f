import { useRef, useState } from 'react'
import { Confirm } from '@/components/dialog'
import { type ChangeKind, locksOut, questionOf } from '@/pages/admin/user-changes'
import type { User } from '@/wire/views'

interface Props {
  user: User
  /** Whether it is the administrator himself. */
  own: boolean
  kind: ChangeKind
  onClose: () => void
  onConfirm: () => void
}

/** Ask before a change of a user, and twice before somebody locks himself out. */
export function ChangeConfirm({ user, own, kind, onClose, onConfirm }: Props) {
  const [again, setAgain] = useState(false)
  // Both answers close a question; only one of them leads to the second.
  const confirmed = useRef(false)
  const twice = locksOut(kind, own)
  const question = questionOf(kind, user.username)
  if (again) {
    return (
      <Confirm
        key="again"
        open
        onOpenChange={onClose}
        title="This is your own user"
        description="You lose this page at once, and only another administrator can give it back to you. Do it all the same?"
        action={`${question.action}: myself`}
        danger
        onConfirm={onConfirm}
      />
    )
  }
  return (
    <Confirm
      key="first"
      open
      onOpenChange={() => !confirmed.current && onClose()}
      title={question.title}
      description={question.description}
      action={question.action}
      danger={question.danger}
      onConfirm={() => {
        if (!twice) return onConfirm()
        confirmed.current = true
        setAgain(true)
      }}
    />
  )
}
