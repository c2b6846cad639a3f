import type { Log } from '../component/log.ts'
import type { Terminal } from './product.ts'

/** What ends a running process from outside: signals, and errors that nobody caught. */
export interface ProcessWatch {
  /** Resolves with the exit code once the process is asked to stop. */
  readonly ended: Promise<number>
  /** Asks for the end from inside. */
  end(code: number): void
  close(): void
}

/**
 * Watches until closed; a hangup asks for the configuration to be read again. A second signal does not wait: it exits
 * at once with code 1.
 */
export function watchProcess(log: Log, terminal: Terminal, onReload: () => void): ProcessWatch {
  const { promise: ended, resolve } = Promise.withResolvers<number>()
  let isEnding = false
  const onSignal = (signal: NodeJS.Signals) => {
    if (isEnding) {
      terminal.err(`${signal} while stopping: stops now\n`)
      process.exit(1)
    }
    isEnding = true
    log.info({ signal }, 'Received signal from OS')
    resolve(0)
  }
  const onHangup = () => {
    log.info({ signal: 'SIGHUP' }, 'Received signal from OS')
    onReload()
  }
  const onDefect = (err: unknown) => {
    log.error({ err }, 'an error that nobody caught: this is a defect, terminating process')
    process.exit(1)
  }
  const listeners = [
    ['SIGTERM', onSignal],
    ['SIGINT', onSignal],
    ['SIGHUP', onHangup],
    ['uncaughtException', onDefect],
    ['unhandledRejection', onDefect],
  ] as const
  for (const [event, listener] of listeners) process.on(event, listener)
  return {
    ended,
    end(code) {
      isEnding = true
      resolve(code)
    },
    close() {
      for (const [event, listener] of listeners) process.off(event, listener)
    },
  }
}
