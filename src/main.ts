import { main } from './cli/main.ts'
import { readManifest } from './cli/product.ts'
import { components, schemas } from './components.ts'

const product = { ...readManifest(), components, schemas }
const terminal = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
  env: process.env,
}

// Whoever reads may go away, as `head` does.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

// Under a launcher that dies the collector stops in order, as when it is asked to.
process.channel?.unref()
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))

const code = await main(process.argv.slice(2), product, terminal)
await Promise.all([process.stdout, process.stderr].map(flushed))
process.exit(code)

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}
