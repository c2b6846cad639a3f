import { expect, onTestFinished, test } from 'vitest'
import { requestJson } from '../support/build.ts'
import { type Answer, accept, OtlpServer } from '../support/otlp-server.ts'
import { recordingLog } from '../support/settings.ts'
import { addressesOf, engineOf } from './building.ts'

/** What is logged when two spans are sent to a destination that answers so. */
async function logOf(answer: Answer, exporter: string) {
  const destination = await OtlpServer.open(answer)
  onTestFinished(() => destination.close())
  const log = recordingLog()
  const engine = await engineOf(
    `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" }, grpc: { endpoint: "127.0.0.1:0" } } } }
exporters: { otlp_http: { endpoint: "${destination.url}", ${exporter} } }
service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp_http] } } }
`,
    { log },
  )
  await engine.start()
  const answered = await fetch(`${addressesOf(engine).http}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestJson('traces', [{}, {}])),
  })
  await engine.stop(10_000)
  const url = `${destination.url}/v1/traces`
  return { lines: log.lines, status: answered.status, url, ...addressesOf(engine) }
}

const status =
  (code: number): Answer =>
  (_nth, response) =>
    response.writeHead(code).end()
const soon = 'initial_interval: 1ms, max_interval: 1ms'

test('servers tell where they listen, with the real port', async () => {
  const { lines, http, grpc } = await logOf(accept, 'timeout: 5s')
  expect(lines).toEqual(
    expect.arrayContaining([
      {
        level: 'info',
        fields: { endpoint: http.replace('http://', '') },
        message: 'Starting HTTP server',
      },
      { level: 'info', fields: { endpoint: grpc }, message: 'Starting GRPC server' },
    ]),
  )
})

test('a wait before a retry is told with its error and its length', async () => {
  const answer: Answer = (nth, response, got) =>
    nth === 0 ? status(503)(nth, response, got) : accept(nth, response, got)
  const retry = `retry_on_failure: { ${soon}, randomization_factor: 0 }`
  const { lines, url } = await logOf(answer, `${retry}, sending_queue: { wait_for_result: true }`)
  expect(lines).toContainEqual({
    level: 'info',
    fields: {
      error: `error exporting items, request to ${url} responded with HTTP Status Code 503`,
      interval: '0.001s',
    },
    message: 'Exporting failed. Will retry the request after interval.',
  })
})

test.each([
  ['not retryable error: ', 400, 'timeout: 5s', ''],
  ['no more retries left: ', 503, `retry_on_failure: { ${soon}, max_elapsed_time: 1ms }`, ''],
  [
    '',
    503,
    'retry_on_failure: { enabled: false }',
    '. Try enabling retry_on_failure config option to retry on retryable errors.',
  ],
])('what is dropped is told as "%s…"', async (prefix, code, exporter, ending) => {
  const { lines, url, status: answered } = await logOf(status(code), exporter)
  expect(answered).toBe(200)
  expect(lines.find((it) => it.level === 'error')).toMatchObject({
    fields: {
      error: `${prefix}error exporting items, request to ${url} responded with HTTP Status Code ${code}${ending}`,
      dropped_items: 2,
    },
    message: 'Exporting failed. Dropping data.',
  })
})

test('without a queue the sender is refused, and the log says what would help', async () => {
  const off = 'retry_on_failure: { enabled: false }, sending_queue: { enabled: false }'
  const { lines, status: answered } = await logOf(status(503), off)
  expect(answered).toBe(503)
  expect(lines.find((it) => it.level === 'error')).toMatchObject({
    fields: {
      error: expect.stringMatching(
        /Status Code 503\. Try enabling retry_on_failure config option to retry on retryable errors\. Try enabling sending_queue to survive temporary failures\.$/,
      ),
      rejected_items: 2,
    },
    message: 'Exporting failed. Rejecting data.',
  })
})

test('a partial success is told with its message and its count', async () => {
  const { lines, url } = await logOf((_nth, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}')
  }, 'timeout: 5s')
  expect(lines).toContainEqual({
    level: 'warn',
    fields: { message: 'too old', dropped_spans: 1, url },
    message: 'Partial success response',
  })
})
