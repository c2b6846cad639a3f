import { type BaseLogger, type DestinationStream, type Level, multistream, pino } from 'pino'
import pretty from 'pino-pretty'
import type { Log } from '../component/log.ts'
import { defaultSampling, type LineKey, LogSampling, type SamplingConfig } from './log-sampling.ts'

export interface LoggingOptions {
  readonly level: Level
  /** `console` is for people, `json` is one object a line. */
  readonly encoding: 'console' | 'json'
  /** `stderr`, `stdout` or a file that is appended to, as a path or as `file://…`. */
  readonly outputPaths: readonly string[]
  readonly sampling?: SamplingConfig | undefined
  /** Fields of every line. */
  readonly initialFields?: Readonly<Record<string, unknown>>
}

type Role = 'receiver' | 'processor' | 'exporter'

/** What the collector logs to. */
export interface Logging {
  /** For what belongs to no component. */
  readonly log: Log
  component(component: { readonly id: string; readonly role: Role }): Log
  /** Identical lines that were left out since the start. */
  readonly leftOut: number
  /** Says what was left out and not yet reported; the last thing before the end. */
  flush(): void
}

const kinds = { receiver: 'Receiver', processor: 'Processor', exporter: 'Exporter' } as const

/** Logs in otelcol's fields; every line is written at once, so that a crash loses none. */
export function createLogging(options: LoggingOptions): Logging {
  const base = pino(
    {
      level: options.level,
      base: { ...options.initialFields },
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    multistream(
      options.outputPaths.map((path) => ({
        level: options.level,
        stream: destination(path, options),
      })),
    ),
  )
  const children = new Map<string, BaseLogger>()
  const loggerOf = (component: string) => children.get(component) ?? base
  const sampling = new LogSampling(
    options.sampling ?? defaultSampling,
    () => Date.now(),
    ({ component, level, message }, leftOut) =>
      loggerOf(component)[level]({ left_out: leftOut }, `${message} (repeated; lines left out)`),
  )
  return {
    log: sampled('', base, sampling),
    component({ id, role }) {
      const fields = { 'otelcol.component.id': id, 'otelcol.component.kind': kinds[role] }
      const child = base.child(fields)
      children.set(id, child)
      return sampled(id, child, sampling)
    },
    get leftOut() {
      return sampling.leftOut
    },
    flush: () => sampling.flush(),
  }
}

function sampled(component: string, logger: BaseLogger, sampling: LogSampling): Log {
  const write = (level: LineKey['level']) => (fields: object, message: string) => {
    if (!isEnabled(logger, level)) return
    if (sampling.passes({ component, level, message })) logger[level](fields, message)
  }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
}

function isEnabled({ level }: BaseLogger, line: LineKey['level']): boolean {
  return (pino.levels.values[line] ?? 0) >= (pino.levels.values[level] ?? 0)
}

const descriptors = new Map([
  ['stdout', 1],
  ['stderr', 2],
])

function destination(path: string, { encoding }: LoggingOptions): DestinationStream {
  const target = descriptors.get(path) ?? path.replace(/^file:\/\/(localhost)?/, '')
  const stream = pino.destination({ dest: target, sync: true, mkdir: true })
  // A reader that went away is no reason to stop: the data path matters more than its log.
  stream.on('error', () => {})
  if (encoding === 'json') return stream
  const isTerminal = target === 1 ? process.stdout.isTTY : target === 2 && process.stderr.isTTY
  return pretty({
    destination: stream,
    sync: true,
    colorize: isTerminal && process.env.NO_COLOR === undefined,
    timestampKey: 'ts',
    translateTime: isTerminal ? 'SYS:HH:MM:ss.l' : "SYS:yyyy-mm-dd'T'HH:MM:ss.lo",
    singleLine: true,
    ignore: String.raw`otelcol\.component\.id,otelcol\.component\.kind`,
    errorLikeObjectKeys: ['err'],
    customPrettifiers: { time: String },
    messageFormat: (line, messageKey) => {
      const id = line['otelcol.component.id']
      return id === undefined ? String(line[messageKey]) : `${id}: ${line[messageKey]}`
    },
  })
}
