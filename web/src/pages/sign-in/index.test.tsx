import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { Router } from 'wouter'
import { memoryLocation } from 'wouter/memory-location'
import SignIn from '@/pages/sign-in'
import { useSession } from '@/session/store'
import * as api from '@/wire/api'
import { RequestError } from '@/wire/rest'

vi.mock('@/wire/api', async (original) => ({
  ...(await original<typeof api>()),
  register: vi.fn(),
  login: vi.fn(),
  keepSession: vi.fn(),
}))

const ME = { user_id: 'u', username: 'ada', role: 'trader' } as const
const PASSWORD = 'correct horse battery'

beforeEach(() => {
  vi.clearAllMocks()
  useSession.setState({ standing: 'signed_out', me: null, over: false, firstKey: null })
})

function open(path: string) {
  const [pathOnly = '', search = ''] = path.split('?')
  const { hook, history } = memoryLocation({ path: pathOnly, record: true })
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Router hook={hook} searchHook={() => search}>
        <SignIn />
      </Router>
    </QueryClientProvider>,
  )
  return { user: userEvent.setup(), history }
}

test('a right password leads to the page that was wanted', async () => {
  vi.mocked(api.login).mockResolvedValue({ ...ME, jwt_token: 't' })
  vi.mocked(api.keepSession).mockResolvedValue(ME)
  const { user, history } = open('/sign-in?next=%2Ftrade%2FFUN')
  await user.type(screen.getByLabelText('User name'), 'ada')
  await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`)
  await waitFor(() => expect(history.at(-1)).toBe('/trade/FUN'))
})

test('an address of another site is not followed', () => {
  useSession.setState({ standing: 'signed_in', me: ME })
  expect(open('/sign-in?next=%2F%2Fevil.example').history.at(-1)).toBe('/trade')
})

test('a wrong password is told beside it, and nothing that was typed is lost', async () => {
  vi.mocked(api.login).mockRejectedValue(new RequestError(401, 'not_signed_in', 'no'))
  const { user } = open('/sign-in')
  await user.type(screen.getByLabelText('User name'), 'ada')
  await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`)
  await screen.findByText('The user name or the password is wrong.')
  expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe(PASSWORD)
  await user.click(screen.getByRole('tab', { name: 'Create account' }))
  expect(screen.getByLabelText<HTMLInputElement>('User name').value).toBe('ada')
  expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe(PASSWORD)
})

test('a name that is taken is told beside the name', async () => {
  vi.mocked(api.register).mockRejectedValue(new RequestError(409, 'name_taken', 'the user name is taken'))
  const { user } = open('/sign-in?new=1')
  await user.type(screen.getByLabelText('User name'), 'ada')
  await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`)
  const words = await screen.findByText('The user name is taken.')
  expect(screen.getByLabelText('User name').getAttribute('aria-describedby')).toBe(words.id)
})

test('a password that is too short is not sent', async () => {
  const { user } = open('/sign-in?new=1')
  await user.type(screen.getByLabelText('User name'), 'ada')
  await user.type(screen.getByLabelText('Password'), 'short{Enter}')
  await screen.findByText('Use at least 8 characters.')
  expect(api.register).not.toHaveBeenCalled()
})

test('the first key is shown until it was stored', async () => {
  vi.mocked(api.register).mockResolvedValue({ ...ME, jwt_token: 't', api_key: 'ms_first', cash: 0n as never })
  vi.mocked(api.keepSession).mockResolvedValue(ME)
  const { user, history } = open('/sign-in?new=1&next=%2Faccount')
  await user.type(screen.getByLabelText('User name'), 'ada')
  await user.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`)
  expect((await screen.findByLabelText('API key')).textContent).toBe('ms_first')
  expect(history.at(-1)).toBe('/sign-in')
  await user.click(screen.getByRole('button', { name: 'I have stored it' }))
  expect(history.at(-1)).toBe('/account')
})

test('the password is shown and hidden', async () => {
  const { user } = open('/sign-in')
  const input = screen.getByLabelText<HTMLInputElement>('Password')
  await user.click(screen.getByRole('button', { name: 'Show the password' }))
  expect(input.type).toBe('text')
  await user.click(screen.getByRole('button', { name: 'Hide the password' }))
  expect(input.type).toBe('password')
  expect(input.autocomplete).toBe('current-password')
})
