import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** A child that runs Node in the repository, and what it says. */
export interface NodeProcess {
  /** Its exit code; `null` when a signal ended it. */
  readonly ended: Promise<number | null>
  /** The first line that matches; rejects with all that was said when the child ends without it. */
  says(pattern: RegExp): Promise<string>
  signal(name: NodeJS.Signals): void
}

/** Starts Node with `args`, as a user would in the root of the repository. */
export function startNode(...args: string[]): NodeProcess {
  const env = { ...process.env, NO_COLOR: '1' }
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      for (const look of [...waiting]) look()
    })
  }
  const ended = once(child, 'close').then(([code]) => code as number | null)

  function says(pattern: RegExp): Promise<string> {
    const found = Promise.withResolvers<string>()
    const look = () => {
      const line = lines.find((it) => pattern.test(it))
      if (line !== undefined) found.resolve(line)
    }
    waiting.add(look)
    look()
    void ended.then(() => found.reject(new Error(`never said ${pattern}:\n${lines.join('\n')}`)))
    return found.promise.finally(() => waiting.delete(look))
  }
  return { ended, says, signal: (name) => child.kill(name) }
}
