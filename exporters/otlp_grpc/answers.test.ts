import { connect, type Socket } from 'node:net'
import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { someSpans } from '../../src/net/client/some-spans.fixture.ts'
import { running } from './running.fixture.ts'
import {
  type Answering,
  answers,
  closedPort,
  rawPort,
  scriptedServer,
  statusWithRetry,
} from './scripted-server.fixture.ts'

async function outcomeOf(answer: Answering, input: object = {}) {
  const { endpoint, calls } = await scriptedServer([answer])
  const exporter = running({ endpoint, ...input })
  const outcome = await exporter.send(someSpans(5))
  return { outcome, endpoint, exporter, calls }
}

const retryable = ['CANCELLED', 'DEADLINE_EXCEEDED', 'ABORTED', 'OUT_OF_RANGE', 'UNAVAILABLE']
const codes = Object.entries(status).flatMap(([name, code]): [string, number, string][] => {
  if (typeof code !== 'number' || code === status.OK) return []
  const isRetryable = [...retryable, 'DATA_LOSS'].includes(name)
  return [[name, code, isRetryable ? 'retryable' : 'permanent']]
})

test.each(codes)('%s (%d) is %s', async (name, code, kind) => {
  const { outcome, endpoint, calls } = await outcomeOf(answers.failed(code, 'bad\nid'))
  const prefix = kind === 'permanent' ? 'not retryable error: ' : ''
  expect(outcome).toEqual({
    kind,
    reason: `${prefix}error exporting items, request to ${endpoint} responded with gRPC code ${name}, Message=bad id`,
    grpcStatus: code,
  })
  expect(calls).toHaveLength(1)
})

test.each(codes)(
  '%s (%d) with RetryInfo asks for its delay where it is worth a retry',
  async (name, code, kind) => {
    const { outcome } = await outcomeOf(answers.failed(code, '', statusWithRetry(code, 7500)))
    const isRetryable = kind === 'retryable' || name === 'RESOURCE_EXHAUSTED'
    expect(outcome).toMatchObject({ kind: isRetryable ? 'retryable' : 'permanent' })
    expect('retryAfterMs' in outcome ? outcome.retryAfterMs : undefined).toBe(
      isRetryable ? 7500 : undefined,
    )
  },
)

test('a RetryInfo of zero makes RESOURCE_EXHAUSTED worth a retry and asks for nothing', async () => {
  const { outcome } = await outcomeOf(answers.failed(8, '', statusWithRetry(8, 0)))
  expect(outcome).toMatchObject({ kind: 'retryable', grpcStatus: 8 })
  expect(outcome).not.toHaveProperty('retryAfterMs')
  expect('reason' in outcome ? outcome.reason : '').toContain(
    'Details=[type.googleapis.com/google.rpc.RetryInfo]',
  )
})

test('details that are no Status say nothing', async () => {
  const { outcome } = await outcomeOf(answers.failed(8, '', Buffer.from([0xff, 1])))
  expect(outcome).toMatchObject({ kind: 'permanent' })
})

test('a code named in extra_retryable_codes is worth a retry', async () => {
  const retry_on_failure = { enabled: false, extra_retryable_codes: ['INTERNAL'] }
  const { outcome } = await outcomeOf(answers.failed(13), { retry_on_failure })
  expect(outcome).toMatchObject({ kind: 'retryable' })
})

test('a partial success counts what was rejected and warns', async () => {
  const partial = Buffer.from([0x0a, 0x0a, 0x08, 2, 0x12, 6, ...Buffer.from('bad id')])
  const { outcome, exporter, endpoint } = await outcomeOf(answers.ok(partial))
  expect(outcome).toEqual({ kind: 'delivered' })
  expect(exporter.status()).toMatchObject({
    ledger: { received: 5, delivered: 3, rejected: 2, dropped: {}, held: 0 },
  })
  expect(exporter.log.lines).toEqual([
    {
      level: 'warn',
      fields: { message: 'bad id', dropped_spans: 2, url: endpoint },
      message: 'Partial success response',
    },
  ])
})

test('an OK whose message cannot be read is sent, with a warning', async () => {
  const { outcome, exporter, calls } = await outcomeOf(answers.ok(Buffer.from([0x0a, 0xff, 1])))
  expect(outcome).toEqual({ kind: 'delivered' })
  expect(calls).toHaveLength(1)
  expect(exporter.log.lines.map((it) => it.level)).toEqual(['warn'])
})

test('a server that hangs is tried again', async () => {
  const { outcome } = await outcomeOf(answers.hang, { timeout: '200ms' })
  expect(outcome).toMatchObject({ kind: 'retryable', grpcStatus: 4 })
})

test.each([
  ['resets its connections', (socket: { resetAndDestroy(): void }) => socket.resetAndDestroy()],
  ['speaks no HTTP/2', (socket: { end(text: string): void }) => socket.end('SSH-2.0-x\r\n')],
  ['says nothing', () => {}],
])('a port that %s is tried again', async (_, onConnection) => {
  const port = await rawPort(onConnection)
  const exporter = running({ endpoint: `127.0.0.1:${port}`, timeout: '500ms' })
  expect(await exporter.send(someSpans(1))).toMatchObject({ kind: 'retryable' })
})

test('a connection that is reset while a call is under way is tried again', async () => {
  const sockets: Socket[] = []
  const resetAll = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  const server = await scriptedServer([resetAll])
  const port = await rawPort((socket) => {
    sockets.push(socket)
    const upstream = connect(server.port, '127.0.0.1')
    upstream.on('error', () => {})
    socket.pipe(upstream).pipe(socket)
    socket.on('close', () => upstream.destroy())
  })
  const exporter = running({ endpoint: `127.0.0.1:${port}` })
  expect(await exporter.send(someSpans(1))).toMatchObject({ kind: 'retryable' })
  expect(server.calls).toHaveLength(1)
})

test('a server that cannot be reached is tried again, and no message holds a credential', async () => {
  const port = await closedPort()
  for (const endpoint of [`127.0.0.1:${port}`, 'collector.invalid:4317']) {
    const exporter = running({ endpoint, headers: { authorization: 'canary' } })
    const outcome = await exporter.send(someSpans(1))
    expect(outcome).toMatchObject({ kind: 'retryable', grpcStatus: 14 })
    const said = JSON.stringify([outcome, exporter.status(), exporter.log.lines])
    expect(said).toContain(endpoint)
    expect(said).not.toContain('canary')
  }
})
