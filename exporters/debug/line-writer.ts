import { once } from 'node:events'
import { isatty } from 'node:tty'
import { pino } from 'pino'

/** Output that waits for a slow reader, at most. */
const maxWaitingBytes = 1024 * 1024

/** Where lines go. */
export interface LineSink {
  /** Whether colours can be seen and are wanted. */
  readonly isColoured: boolean
  write(lines: readonly string[]): void
  /** Resolves when everything has been written. */
  end(): Promise<void>
}

const descriptors = new Map([
  ['stdout', 1],
  ['stderr', 2],
])

/**
 * Lines to a stream or a file, written outside of the main thread. What a reader is too slow for is
 * dropped and counted, and the count is written when it has caught up: watching must never slow
 * down what is watched.
 *
 * @param path `stdout`, `stderr` or a file that is appended to
 * @param onError told about the first failure; nothing is written after it
 */
export function lineWriter(path: string, onError: (cause: Error) => void): LineSink {
  const descriptor = descriptors.get(path)
  const stream = pino.destination({
    dest: descriptor ?? path,
    sync: false,
    append: true,
    maxLength: maxWaitingBytes,
  })
  let dropped = 0
  let isBroken = false
  stream.on('drop', () => dropped++)
  stream.on('drain', () => {
    if (dropped > 0) stream.write(`${dropped} lines left out: the reader is slower\n`)
    dropped = 0
  })
  stream.on('error', (cause) => {
    if (!isBroken) onError(cause)
    isBroken = true
  })
  return {
    isColoured: descriptor !== undefined && isatty(descriptor) && !process.env.NO_COLOR,
    write(lines) {
      if (isBroken) return
      for (const line of lines) stream.write(`${line}\n`)
    },
    async end() {
      try {
        if (dropped > 0 && !isBroken) await once(stream, 'drain')
        if (isBroken) return
        const closed = once(stream, 'close')
        stream.end()
        await closed
      } catch {
        // Told to onError already.
      }
    },
  }
}
