import { parseArgs } from 'node:util'

/** What the command line of every simulated agent says. */
export interface Options {
  /** Runs per second. */
  readonly rate: number
  readonly seed: number
  /** How many runs there are in all. */
  readonly runs: number
  /** How many times faster than the clock a followed run goes on. */
  readonly speed: number
}

/** Reads the command line of an agent; explains itself and exits where it cannot be read. */
export function readOptions(agentName: string, usualRate: number): Options {
  const usage = usageOf(agentName, usualRate)
  const refuse = (message: string): never => {
    console.error(`${message}\n\n${usage}`)
    process.exit(1)
  }
  const number = (name: string, text: string, isGood: (value: number) => boolean): number => {
    const value = Number(text)
    return text !== '' && isGood(value) ? value : refuse(`--${name} cannot be ${text}`)
  }
  const { rate, seed, runs, speed, help } = args(refuse)
  if (help) {
    console.log(usage)
    process.exit(0)
  }
  return {
    rate: rate === undefined ? usualRate : number('rate', rate, isRate),
    seed: number('seed', seed, isCount),
    runs: runs === undefined ? Number.POSITIVE_INFINITY : number('runs', runs, isCount),
    speed: number('speed', speed, isSpeed),
  }
}

const isRate = (value: number) => value > 0 && value <= 10_000
const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0
const isSpeed = (value: number) => value >= 1 && value <= 1_000_000

function args(refuse: (message: string) => never) {
  try {
    return parseArgs({
      options: {
        rate: { type: 'string' },
        seed: { type: 'string', default: '1' },
        runs: { type: 'string' },
        speed: { type: 'string', default: '60' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : String(cause))
  }
}

function usageOf(agentName: string, usualRate: number): string {
  return `Usage: node examples/agents/${agentName}/main.ts [options]

  --rate <runs>   agent runs per second (default ${usualRate})
  --seed <int>    same seed, same sequence of runs (default 1)
  --runs <int>    stop after so many runs (default: run until Ctrl-C)
  --speed <x>     how many times faster than the clock runs go whose spans are sent
                  while they last, if the agent has such runs (default 60)

Sends to OTEL_EXPORTER_OTLP_ENDPOINT, http://127.0.0.1:4318 unless set.`
}
