/** A bare relay: takes a request's body, sends the same bytes on, answers what came back. */
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

const target = process.argv[2] ?? ''
const agent = new Agent({ keepAlive: true, maxSockets: 16 })

const server = createServer((incoming, answer) => {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
  incoming.on('end', () => {
    const body = Buffer.concat(chunks)
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length }
    const url = `${target}${incoming.url}`
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502)
      response.pipe(answer)
    })
    outgoing.end(body)
  })
})

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.([`http://127.0.0.1:${port}`])
})
process.on('SIGTERM', () => process.exit(0))
