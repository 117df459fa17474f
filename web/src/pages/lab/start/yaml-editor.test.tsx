import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { expect, test } from 'vitest'
import { YamlEditor } from '@/pages/lab/start/yaml-editor'

function Editor({ text, line = null }: { text: string; line?: number | null }) {
  const [value, setValue] = useState(text)
  return (
    <YamlEditor
      label="Run file"
      value={value}
      onChange={setValue}
      wrongLine={line}
      error={line ? 'odd' : null}
    />
  )
}

const area = () => screen.getByLabelText('Run file') as HTMLTextAreaElement

test('the line that is wrong is chosen', () => {
  render(<Editor text={'a: 1\nb: x\nc: 3'} line={2} />)
  const { selectionStart, selectionEnd, value } = area()
  expect(value.slice(selectionStart, selectionEnd)).toBe('b: x')
  expect(screen.getByRole('alert').textContent).toBe('odd')
})

test('Tab indents, and after Escape it leaves the field', async () => {
  render(<Editor text="" />)
  await userEvent.click(area())
  await userEvent.keyboard('{Tab}a')
  expect(area().value.trimEnd()).toContain('a')
  expect(area().value).toContain('  ')
  await userEvent.keyboard('{Escape}{Tab}')
  expect(document.activeElement).not.toBe(area())
})
