import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export const root = join(import.meta.dirname, '..', '..')

/** A command of ours, running as a process of its own. */
export interface CliProcess {
  readonly pid: number
  /** Everything written so far, to both outputs. */
  readonly text: () => string
  readonly stdout: () => string
  /** Resolves with the match once it has been written; rejects when the process ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<{ readonly code: number | null; readonly text: string }>
}

/** The usual port of a collector's metrics is one for the whole machine: tests take a free one. */
export const freeMetricsPort = [
  '--set',
  'service.telemetry.metrics.readers=[{ pull: { exporter: { prometheus: { port: 0 } } } }]',
]

/** Starts `src/main.ts` with arguments; it does not outlive the test. */
export function cli(args: readonly string[], env: NodeJS.ProcessEnv = {}): CliProcess {
  const runs = args[0] === '--config' && !args.some((it) => it.includes('readers'))
  const all = runs ? [...args, ...freeMetricsPort] : args
  return nodeProcess(join(root, 'src', 'main.ts'), all, env)
}

/** Starts a script with this Node; it does not outlive the test. */
export function nodeProcess(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): CliProcess {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const written = { text: '', stdout: '' }
  const lookers = new Set<() => void>()
  const take = (chunk: Buffer) => {
    written.text += chunk.toString()
    for (const look of lookers) look()
  }
  child.stdout.on('data', (chunk: Buffer) => {
    written.stdout += chunk.toString()
    take(chunk)
  })
  child.stderr.on('data', take)
  const ended = new Promise<{ code: number | null; text: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, text: written.text }))
  })
  return {
    pid: child.pid ?? 0,
    text: () => written.text,
    stdout: () => written.stdout,
    ended,
    kill: (signal) => void child.kill(signal),
    line(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(written.text)
          if (found === null) return
          lookers.delete(look)
          resolve(found)
        }
        lookers.add(look)
        look()
        void ended.then(() => reject(new Error(`ended without ${pattern}:\n${written.text}`)))
      })
    },
  }
}

/** Waits until it runs, and says where it listens. */
export async function addresses(process: CliProcess): Promise<{ otlp: string; admin: string }> {
  const [, otlp = ''] = await process.line(/otlp listens on (\S+)/)
  const [, admin = ''] = await process.line(/admin: (\S+)\n/)
  return { otlp, admin }
}

/** Sends one span. */
export function sendSpan(otlp: string, name = 'invoke_agent support-bot'): Promise<Response> {
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name,
    startTimeUnixNano: '1767225600000000000',
    endTimeUnixNano: '1767225602500000000',
  }
  return fetch(`${otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  })
}
