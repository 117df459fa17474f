import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { ChangeConfirm } from '@/pages/admin/change-confirm'
import type { ChangeKind } from '@/pages/admin/user-changes'

const ADA = { user_id: 'u', username: 'ada', role: 'admin', account: 1, disabled: false } as const

function open(kind: ChangeKind, own: boolean) {
  const onClose = vi.fn()
  const onConfirm = vi.fn()
  render(<ChangeConfirm user={ADA} own={own} kind={kind} onClose={onClose} onConfirm={onConfirm} />)
  return { user: userEvent.setup(), onClose, onConfirm }
}

test('another user is asked about once', async () => {
  const { user, onClose, onConfirm } = open('disable', false)
  await user.click(screen.getByRole('button', { name: 'Disable' }))
  expect(onConfirm).toHaveBeenCalledOnce()
  expect(onClose).toHaveBeenCalled()
})

test('whoever would lock himself out is asked twice', async () => {
  const { user, onClose, onConfirm } = open('trader', true)
  await user.click(screen.getByRole('button', { name: 'Make trader' }))
  expect(onConfirm).not.toHaveBeenCalled()
  expect(onClose).not.toHaveBeenCalled()
  await user.click(screen.getByRole('button', { name: 'Make trader: myself' }))
  expect(onConfirm).toHaveBeenCalledOnce()
  expect(onClose).toHaveBeenCalled()
})

test('both questions can be left', async () => {
  const first = open('disable', true)
  await first.user.click(screen.getByRole('button', { name: 'Keep' }))
  expect(first.onClose).toHaveBeenCalledOnce()
  expect(first.onConfirm).not.toHaveBeenCalled()
})
