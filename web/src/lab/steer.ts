/** What can be done to the simulation. Each raises LabRefusal with the server's reason where it is refused. */
import { lab } from '@/lab/store'

const control = (action: string, value?: unknown): Promise<void> =>
  lab.ask({ type: 'control', action, ...(value === undefined ? {} : { value }) })

export const pause = () => control('pause')
export const resume = () => control('resume')
export const end = () => control('end')
export const setSpeed = (speed: number) => control('speed', speed)

/** So many steps of the kernel, or so long in simulated time. */
export type StepSize = { readonly steps: number } | { readonly seconds: number }
export const step = (size: StepSize) => control('step', 'steps' in size ? size.steps : size)

export interface NewsTold {
  readonly symbol?: string
  /** By how much the fundamental jumps, in currency. */
  readonly jump: number
  readonly text: string
}
export const tellNews = (news: NewsTold) => control('news', news)

export interface Shock {
  readonly symbol?: string
  readonly side: 'buy' | 'sell'
  readonly size: number
  /** Over how long it comes, in simulated time; 0 for all at once. */
  readonly seconds: number
}
export const shock = (wanted: Shock) => control('shock', wanted)

const command = (
  action: string,
  agent: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> => lab.ask({ type: 'agent_command', action, agent_id: agent, ...more })

export interface NewAgent {
  readonly agent_id: string
  readonly agent_type: string
  readonly count: number
  readonly config: Readonly<Record<string, unknown>>
}
export const createAgent = ({ agent_id, ...rest }: NewAgent) => command('create', agent_id, rest)
export const updateAgent = (agent: string, config: Readonly<Record<string, unknown>>) =>
  command('update', agent, { config })
export const deleteAgent = (agent: string) => command('delete', agent)
