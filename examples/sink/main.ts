import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'
import { isJson, payloadOf, signalOf } from './requests.ts'
import { Tally } from './tally.ts'

const usage = `Usage: node examples/sink/main.ts [--port <port>]

Takes OTLP over HTTP on 127.0.0.1 (port 4319 unless given) and says once a second what arrived.`

const port = portOption()
const total = new Tally()
let recent = new Tally()

const server = createServer((request, response) => {
  void answer(request, response)
})
server.on('error', ({ message }) => refuse(`The sink cannot listen: ${message}`))
server.listen(port, '127.0.0.1', () => {
  const address = server.address()
  const bound = typeof address === 'object' ? address?.port : port
  console.log(`listening on http://127.0.0.1:${bound}`)
})
const report = setInterval(() => {
  if (recent.isEmpty) return
  console.log(recent.sentence())
  recent = new Tally()
}, 1_000)
process.once('SIGINT', stop)
process.once('SIGTERM', stop)

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const signal = signalOf(request.url)
  if (signal === undefined || request.method !== 'POST') {
    response.writeHead(404).end()
    return
  }
  try {
    const payload = await payloadOf(signal, request)
    total.add(payload)
    recent.add(payload)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    console.error(`refused a request: ${message}`)
    response.writeHead(400).end()
    return
  }
  const json = isJson(request)
  const type = json ? 'application/json' : 'application/x-protobuf'
  response.writeHead(200, { 'content-type': type }).end(json ? '{}' : undefined)
}

function stop(): void {
  clearInterval(report)
  server.close(() => console.log(`arrived in all: ${total.sentence()}`))
  server.closeIdleConnections()
}

function portOption(): number {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '4319' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    const value = Number(values.port)
    if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value
    return refuse(`--port cannot be ${values.port}\n\n${usage}`)
  } catch (cause) {
    return refuse(`${cause instanceof Error ? cause.message : cause}\n\n${usage}`)
  }
}

function refuse(message: string): never {
  console.error(message)
  process.exit(1)
}
