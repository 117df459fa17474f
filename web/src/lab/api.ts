/** Every request of the Lab page, by name. */
import * as v from 'valibot'
import {
  type AgentConfig,
  type LabCandle,
  type LabTrade,
  type Simulation,
  simulation,
  trade,
} from '@/lab/messages'
import { decimal } from '@/wire/reading'
import { request } from '@/wire/rest'

/** Candles that are asked for; the server keeps no more. */
export const CANDLES_ASKED = 1_000
const TRADES_ASKED = 200
const RUNS_ASKED = 200

const at = (name: string) => encodeURIComponent(name)

// Sign in

const session = v.object({ control: v.boolean() })

/** Whether this browser may steer. */
export const getControl = async (signal?: AbortSignal): Promise<boolean> =>
  (await request('GET', 'api/lab/session', session, { signal })).data.control

/** Hand the control token over for a cookie that no script can read. */
export const keepToken = async (token: string): Promise<void> => {
  await request('POST', 'api/lab/session', v.unknown(), { body: { token } })
}

// The live simulation

/** What a simulation is started with. */
export interface Start {
  readonly preset?: string
  /** A run file, as YAML. */
  readonly config?: string
  readonly seed?: number
  readonly speed?: number
  readonly set?: Readonly<Record<string, unknown>>
  /** Whether one that runs is ended first. */
  readonly replace?: boolean
}

export const startSimulation = async (wanted: Start): Promise<Simulation> =>
  (await request('POST', 'api/lab/simulation', simulation, { body: wanted })).data

const row = v.pipe(
  v.tupleWithRest(
    [v.number(), decimal, decimal, decimal, decimal, decimal, v.number(), v.unknown(), v.number()],
    v.unknown(),
  ),
  v.transform(
    ([timestamp, open, high, low, close, volume, _end, _worth, trades]): LabCandle => ({
      timestamp,
      open,
      high,
      low,
      close,
      volume,
      trades,
    }),
  ),
)

/** The newest candles, oldest first, the open one last. */
export const getKlines = async (
  symbol: string,
  interval: string,
  signal?: AbortSignal,
): Promise<LabCandle[]> =>
  (
    await request('GET', 'api/lab/klines', v.array(row), {
      query: { symbol, interval, limit: CANDLES_ASKED },
      signal,
    })
  ).data

/** The newest trades, newest last. */
export const getTrades = async (symbol: string, signal?: AbortSignal): Promise<LabTrade[]> =>
  (
    await request('GET', 'api/lab/trades', v.object({ trades: v.array(trade) }), {
      query: { symbol, limit: TRADES_ASKED },
      signal,
    })
  ).data.trades

// Presets and agents

const preset = v.object({
  name: v.string(),
  description: v.nullish(v.string(), ''),
  config: v.string(),
})
export type Preset = v.InferOutput<typeof preset>

export const getPresets = async (signal?: AbortSignal): Promise<Preset[]> =>
  (await request('GET', 'api/lab/presets', v.object({ presets: v.array(preset) }), { signal })).data.presets

const agentType = v.object({
  agent_type: v.string(),
  title: v.nullish(v.string(), ''),
  description: v.nullish(v.string(), ''),
  classic: v.nullish(v.boolean(), false),
  /** A JSON schema. */
  parameters: v.record(v.string(), v.unknown()),
})
export type AgentType = v.InferOutput<typeof agentType>

export const getAgentTypes = async (signal?: AbortSignal): Promise<AgentType[]> =>
  (await request('GET', 'api/lab/agents', v.object({ agent_types: v.array(agentType) }), { signal })).data
    .agent_types

// Runs

const hash = v.nullish(v.union([v.string(), v.record(v.string(), v.unknown())]), null)
const run = v.object({
  run: v.string(),
  name: v.nullish(v.string(), null),
  status: v.nullish(v.string(), 'unknown'),
  started: v.nullish(v.union([v.string(), v.number()]), null),
  seed: v.nullish(v.union([v.number(), v.string()]), null),
  mode: v.nullish(v.string(), null),
  simulated_seconds: v.nullish(v.number(), null),
  wall_seconds: v.nullish(v.number(), null),
  events: v.nullish(v.number(), null),
  interventions: v.nullish(v.number(), null),
  event_hash: hash,
  members: v.nullish(v.union([v.number(), v.array(v.unknown())]), null),
  /** The first and the last of several. */
  seeds: v.nullish(v.tuple([v.number(), v.number()]), null),
})
export type Run = v.InferOutput<typeof run>

export const getRuns = async (signal?: AbortSignal): Promise<Run[]> =>
  (
    await request('GET', 'api/lab/runs', v.object({ runs: v.array(run) }), {
      query: { limit: RUNS_ASKED },
      signal,
    })
  ).data.runs

/** Where the page of a run stands. */
export const reportAddress = (name: string): string => `api/lab/runs/${at(name)}/report`

/** Where several runs stand side by side. */
export const compareAddress = (names: readonly string[]): string =>
  `api/lab/compare?${names.map((name) => `run=${at(name)}`).join('&')}`

/** The type of a group that runs: classic and native types may share a name, and differ in their parameters. */
export function typeOf(config: AgentConfig, types: readonly AgentType[]): AgentType | null {
  const named = types.filter((type) => type.agent_type === config.agent_type)
  const keys = Object.keys(parametersOf(config))
  const fitting = named.find((type) => {
    const properties = type.parameters.properties
    return typeof properties === 'object' && properties !== null && keys.every((key) => key in properties)
  })
  return fitting ?? (named.length === 1 ? (named[0] ?? null) : null)
}

/** The parameters of a row of `agent_configs`: what is not its name or number. */
export function parametersOf(config: AgentConfig): Record<string, unknown> {
  const { agent_id: _id, agent_type: _type, count: _count, ...rest } = config
  return rest
}
