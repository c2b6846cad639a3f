// Plain JavaScript, so that any Node from 18 on can run it and say what is missing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const agentNames = ['support-bot', 'research-agent', 'coding-agent']
const usage = `Usage: npm run demo -- [options]

Starts simulated agents, the collector and a local sink, and shows the traffic arriving.

  --agents <names>    which agents, with commas between them (default: ${agentNames.join(',')})
  --rate <runs>       runs per second of each agent (default: its own)
  --seconds <int>     stop by itself (default: run until Ctrl-C)
  --free-ports        choose free ports instead of 4318, 13133 and 4319
  --otlp-port <int>   where the collector takes OTLP
  --admin-port <int>  where the collector answers probes
  --sink-port <int>   where the sink takes OTLP`

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stopDeadlineMs = 10_000
const labelWidth = Math.max(...['collector', ...agentNames].map((it) => it.length))
const children = new Map()
let isStopping = false

const options = readOptions()
const node = findNode()
const ports = await choosePorts()
process.on('SIGINT', onSignal)
process.on('SIGTERM', onSignal)
process.on('exit', () => killAll('SIGKILL'))
await run()

/** Starts from the sink backwards, so that nothing is sent before it can arrive. */
async function run() {
  const sinkUrl = `http://127.0.0.1:${ports.sink}`
  const otlpUrl = `http://127.0.0.1:${ports.otlp}`
  const adminUrl = `http://127.0.0.1:${ports.admin}`

  const sink = start('sink', 'magenta', ['examples/sink/main.ts', '--port', String(ports.sink)])
  await sink.said(/^listening on/)
  if (isStopping) return
  start('collector', 'cyan', ['src/main.ts', 'run', '--config', 'examples/demo.yaml'], {
    DEMO_OTLP_ENDPOINT: `127.0.0.1:${ports.otlp}`,
    DEMO_ADMIN_ENDPOINT: `127.0.0.1:${ports.admin}`,
    DEMO_SINK_URL: sinkUrl,
    UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '16',
  })
  await answers(`${adminUrl}/readyz`)
  if (isStopping) return
  say(`agents -> ${otlpUrl} (collector) -> ${sinkUrl} (sink). Health: ${adminUrl}`)
  const rate = options.rate === undefined ? [] : ['--rate', options.rate]
  for (const name of options.agents) {
    start(name, 'green', [`examples/agents/${name}/main.ts`, ...rate], {
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
    })
  }
  const startMs = performance.now()
  await sink.said(/\d spans? \(/)
  if (isStopping) return
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1)
  say(`The first spans have arrived, ${seconds} s after the agents started. Ctrl-C ends the demo.`)
  if (options.seconds !== undefined) setTimeout(stop, options.seconds * 1_000)
}

/**
 * One child with its lines prefixed. It runs in a process group of its own, so that Ctrl-C reaches
 * the demo alone, which then stops the children in order.
 */
function start(name, colour, args, env = {}) {
  const child = spawn(node, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = once(child, 'close')
  const listeners = new Set()
  const lines = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      if (lines.length > 1_000) lines.shift()
      print(name, colour, line)
      for (const listener of [...listeners]) listener(line)
    })
  }
  ended.then(([code, signal]) => {
    children.delete(name)
    if (isStopping) return
    say(`The ${name} has ended by itself (${signal ?? `exit code ${code}`}); the demo ends too.`)
    process.exitCode = 1
    stop()
  })
  /** Resolves once a line matches, or the child has ended. */
  const said = (pattern) =>
    new Promise((resolve) => {
      const listener = (line) => {
        if (!pattern.test(line)) return
        listeners.delete(listener)
        resolve(line)
      }
      listeners.add(listener)
      lines.forEach(listener)
      ended.then(() => resolve(undefined))
    })
  const started = { child, ended, said, lines }
  children.set(name, started)
  return started
}

/** Resolves once a URL answers 200, or when the demo stops. */
async function answers(url) {
  while (!isStopping) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function onSignal() {
  if (!isStopping) return void stop()
  say('Stopping at once.')
  killAll('SIGKILL')
}

/** Stops from the agents forward, so that what was sent still arrives. */
async function stop() {
  if (isStopping) return
  isStopping = true
  const agents = options.agents.flatMap((name) => children.get(name) ?? [])
  const sink = children.get('sink')
  await Promise.all(options.agents.map(end))
  await end('collector')
  await end('sink')
  const sent = agents.map(spansIn)
  const arrived = spansIn(sink)
  if (sent.length > 0 && ![...sent, arrived].includes(undefined)) {
    say(`${sent.reduce((sum, spans) => sum + spans)} spans sent, ${arrived} arrived.`)
  }
  process.exit()
}

/** Asks a child to end, and ends it when that takes too long. */
async function end(name) {
  const running = children.get(name)
  if (running === undefined) return
  running.child.kill('SIGTERM')
  const timer = setTimeout(() => running.child.kill('SIGKILL'), stopDeadlineMs)
  await running.ended
  clearTimeout(timer)
}

/** Spans in a child's last line, as in `sent in all: 10 runs, 43 spans`. */
function spansIn(child) {
  const last = child?.lines.findLast((line) => line.includes(' in all: '))
  const spans = last?.match(/(\d+) spans?\b/)?.[1]
  return spans === undefined ? undefined : Number(spans)
}

function killAll(signal) {
  for (const { child } of children.values()) child.kill(signal)
}

function say(line) {
  print('demo', 'yellow', line)
}

function print(name, colour, line) {
  const codes = { green: 32, yellow: 33, magenta: 35, cyan: 36 }
  const label = `${name.padEnd(labelWidth)} │`
  const isPlain = process.env.NO_COLOR !== undefined || !process.stdout.isTTY
  console.log(`${isPlain ? label : `\u001b[${codes[colour]}m${label}\u001b[0m`} ${line}`)
}

/** The Node that the repository carries, else the one that runs this, if it is new enough. */
function findNode() {
  if (!existsSync(join(root, 'node_modules'))) refuse('Run `npm ci` first.')
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const own = join(root, 'node_modules', 'node', 'bin', `node${suffix}`)
  if (existsSync(own)) return own
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return refuse(
    `The demo needs Node 24 and found ${process.versions.node}: ` +
      'run npm ci with install scripts allowed, which brings it, or install Node 24.',
  )
}

/** Ports that are free, or a sentence about the first that is not. */
async function choosePorts() {
  const chosen = {}
  for (const [name, usual] of [
    ['otlp', 4318],
    ['admin', 13133],
    ['sink', 4319],
  ]) {
    const wanted = options[`${name}-port`] ?? (options['free-ports'] ? 0 : usual)
    const port = await tryPort(wanted)
    if (port === undefined) {
      refuse(
        `Port ${wanted} is taken: is another collector running? ` +
          `Stop it, choose another with --${name}-port, or let the demo choose with --free-ports.`,
      )
    }
    chosen[name] = port
  }
  return chosen
}

async function tryPort(wanted) {
  const server = createServer()
  try {
    server.listen(wanted, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address()
    server.close()
    await once(server, 'close')
    return port
  } catch {
    return undefined
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        agents: { type: 'string', default: agentNames.join(',') },
        rate: { type: 'string' },
        seconds: { type: 'string' },
        'free-ports': { type: 'boolean' },
        'otlp-port': { type: 'string' },
        'admin-port': { type: 'string' },
        'sink-port': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    const whole = numbers(values, ['seconds', 'otlp-port', 'admin-port', 'sink-port'])
    return { ...values, ...whole, agents: agentsIn(values.agents) }
  } catch (cause) {
    return refuse(`${cause.message}\n\n${usage}`)
  }
}

/** The agents of a list such as `support-bot,coding-agent`, each once. */
function agentsIn(list) {
  const names = [...new Set(list.split(',').map((it) => it.trim()))]
  const unknown = names.find((it) => !agentNames.includes(it))
  if (unknown === undefined) return names
  return refuse(`There is no agent ${unknown || '""'}: choose from ${agentNames.join(', ')}.`)
}

function numbers(values, names) {
  const given = names.filter((name) => values[name] !== undefined)
  return Object.fromEntries(
    given.map((name) => {
      const number = Number(values[name])
      if (Number.isInteger(number) && number >= 0) return [name, number]
      return refuse(`--${name} cannot be ${values[name]}\n\n${usage}`)
    }),
  )
}

function refuse(message) {
  console.error(message)
  process.exit(1)
}
