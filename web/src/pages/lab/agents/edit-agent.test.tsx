import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { LabRefusal } from '@/lab/connection'
import { AGENT_CONFIGS, HELLO, heard, SIMULATION } from '@/lab/examples'
import { reduceLab } from '@/lab/reduce'
import { EMPTY_LAB } from '@/lab/state'
import { lab, useLab } from '@/lab/store'
import { EditAgent } from '@/pages/lab/agents/edit-agent'

const TYPES = [
  {
    agent_type: 'symmetric_maker',
    title: 'Symmetric maker',
    description: 'Quotes both sides.',
    classic: false,
    parameters: {
      type: 'object',
      required: ['interval_ns', 'spread'],
      properties: {
        interval_ns: { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '[a-z]' }] },
        spread: { type: 'number', minimum: 0, maximum: 1, description: 'From bid to ask.' },
      },
    },
  },
]

function know(control: boolean): void {
  const state = [{ ...HELLO, control }, SIMULATION, AGENT_CONFIGS].reduce(
    (so, message) => reduceLab(so, { kind: 'message', message: heard(message) }),
    EMPTY_LAB,
  )
  act(() => useLab.setState(state, true))
}

function show(): ReturnType<typeof vi.spyOn> {
  const asked = vi.spyOn(lab, 'ask').mockResolvedValue()
  const queries = new QueryClient()
  queries.setQueryData(['lab agent types'], TYPES)
  render(
    <QueryClientProvider client={queries}>
      <EditAgent id="makers" />
    </QueryClientProvider>,
  )
  return asked
}

beforeEach(() => know(true))

test('parameters stand in fields as people write them, and nothing can be applied before one changed', () => {
  show()
  expect(screen.getByLabelText('Interval')).toHaveProperty('value', '100ms')
  expect(screen.getByLabelText('Spread')).toHaveProperty('value', '0.0005')
  expect(screen.getByRole('button', { name: 'Apply' })).toHaveProperty('disabled', true)
})

test('only what changed is sent', async () => {
  const asked = show()
  const spread = screen.getByLabelText('Spread')
  await userEvent.clear(spread)
  await userEvent.type(spread, '0.002{Enter}')
  expect(asked.mock.calls).toEqual([
    [{ type: 'agent_command', action: 'update', agent_id: 'makers', config: { spread: 0.002 } }],
  ])
})

test('a mistake stands at its field, and is not sent', async () => {
  const asked = show()
  const spread = screen.getByLabelText('Spread')
  await userEvent.clear(spread)
  await userEvent.type(spread, '7{Enter}')
  expect(screen.getByRole('alert').textContent).toBe('At most 1.')
  expect(asked).not.toHaveBeenCalled()
})

test('a refusal stands at the field that it names, and what was typed stays', async () => {
  const asked = show()
  asked.mockRejectedValue(new LabRefusal('change.params.spread: too narrow for this tick'))
  const spread = screen.getByLabelText('Spread')
  await userEvent.clear(spread)
  await userEvent.type(spread, '0.1{Enter}')
  await waitFor(() => expect(spread.getAttribute('aria-invalid')).toBe('true'))
  expect(spread).toHaveProperty('value', '0.1')
})

test('who only watches sees the parameters and cannot change them', () => {
  know(false)
  show()
  expect(screen.getByLabelText('Spread')).toHaveProperty('disabled', true)
  expect(screen.queryByRole('button', { name: 'Apply' })).toBeNull()
})
