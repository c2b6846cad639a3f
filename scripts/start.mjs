// Starts the collector from its sources. Plain JavaScript for any Node from 18 on: the collector
// itself runs on the Node 24 that the repository carries.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const node = nodeBinary()
const extra = process.argv.slice(2)
const config = extra.some((it) => /^--config(=|$)/.test(it))
  ? []
  : ['--config', join(root, 'collector.yaml')]

const child = spawn(node, [join(root, 'src', 'main.ts'), 'run', ...config, ...extra], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: { UV_THREADPOOL_SIZE: '16', ...process.env },
  // Ctrl+C reaches a whole group of processes, and npm passes it on once more. In a group of its
  // own the collector hears of it once, from here, and hears the channel close should we die first.
  detached: process.platform !== 'win32',
})

const sameMs = 300
let last = { signal: '', atMs: 0 }
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const atMs = Date.now()
    if (signal === last.signal && atMs - last.atMs < sameMs) return
    last = { signal, atMs }
    child.kill(signal)
  })
}

child.on('error', (cause) => {
  console.error(`Error: cannot start ${node}: ${cause.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 15))
})

function nodeBinary() {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const own = join(root, 'node_modules', 'node', 'bin', `node${suffix}`)
  if (existsSync(own)) return own
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  console.error(
    `Error: this needs Node 24 and found ${process.versions.node}: ` +
      'run npm ci with install scripts allowed, which brings it, or install Node 24.',
  )
  process.exit(1)
}
