import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { SessionOver } from '@/pages/sign-in/session-over'
import { useSession } from '@/session/store'
import * as api from '@/wire/api'
import { RequestError } from '@/wire/rest'

vi.mock('@/wire/api', async (original) => ({
  ...(await original<typeof api>()),
  login: vi.fn(),
  keepSession: vi.fn(),
}))

const ME = { user_id: 'u', username: 'ada', role: 'trader' } as const

beforeEach(() => {
  vi.clearAllMocks()
  useSession.setState({ standing: 'signed_in', me: ME, over: true, firstKey: null })
})

function open() {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SessionOver />
    </QueryClientProvider>,
  )
  return userEvent.setup()
}

test('the password of the same user brings him back', async () => {
  vi.mocked(api.login).mockResolvedValue({ ...ME, jwt_token: 't' })
  vi.mocked(api.keepSession).mockResolvedValue(ME)
  const user = open()
  expect(document.activeElement).toBe(screen.getByLabelText('Password'))
  await user.keyboard('secret secret{Enter}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(api.login).toHaveBeenCalledWith({ username: 'ada', password: 'secret secret' })
  expect(useSession.getState()).toMatchObject({ standing: 'signed_in', over: false, me: ME })
})

test('a wrong password is told in place', async () => {
  vi.mocked(api.login).mockRejectedValue(new RequestError(401, 'not_signed_in', 'no'))
  const user = open()
  await user.keyboard('wrong{Enter}')
  await screen.findByText('This is not the password.')
  expect(useSession.getState().over).toBe(true)
})

test('put aside, it waits at the edge and comes back with what was typed', async () => {
  const user = open()
  await user.keyboard('half{Escape}')
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(useSession.getState().me).toEqual(ME)
  await user.click(screen.getByRole('button', { name: /sign in again/ }))
  expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('half')
})

test('one can go on signed out', async () => {
  const user = open()
  await user.click(screen.getByRole('button', { name: 'Continue signed out' }))
  expect(useSession.getState()).toMatchObject({ standing: 'signed_out', me: null, over: false })
})
