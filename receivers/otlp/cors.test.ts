import { expect, test } from 'vitest'
import { Cors } from '../../src/net/server/cors.ts'
import { post } from './testing/requests.ts'
import { runReceiver } from './testing/running-receiver.ts'

const origin = 'https://app.example.com'
const json = { type: 'application/json', body: '{}' }

function preflight(url: string, headers: Record<string, string> = {}) {
  return post(url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', ...headers },
    body: '',
  })
}

async function withCors(cors: object) {
  return await runReceiver({ http: { cors } })
}

test('the browser SDK may send JSON from an allowed origin, with credentials', async () => {
  using receiver = await withCors({ allowed_origins: ['https://*.example.com'], max_age: 600 })
  const allowed = await preflight(receiver.url, {
    'access-control-request-headers': 'content-type',
  })
  expect(allowed).toMatchObject({
    status: 204,
    text: '',
    headers: {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '600',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    },
  })
  const answer = await post(receiver.url, { ...json, headers: { origin, cookie: 'session=1' } })
  expect(answer).toMatchObject({
    status: 200,
    type: 'application/json',
    headers: {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    },
  })
})

test('errors can be read by the page too', async () => {
  using receiver = await withCors({ allowed_origins: [origin], exposed_headers: ['Retry-After'] })
  const answer = await post(receiver.url, { ...json, body: '{', headers: { origin } })
  expect(answer).toMatchObject({
    status: 400,
    headers: {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'Retry-After',
    },
  })
})

test('a preflight is answered before the path, the type and everything else', async () => {
  using receiver = await withCors({ allowed_origins: [origin] })
  const headers = { origin, 'access-control-request-method': 'POST' }
  const answer = await post(receiver.url, { method: 'OPTIONS', path: '/none', headers, body: '' })
  expect(answer.status).toBe(204)
  expect(receiver.status()).toMatchObject({ requests: { rejected: {} } })
})

test('what is not allowed is answered without the headers that a browser looks for', async () => {
  using receiver = await withCors({ allowed_origins: [origin] })
  const refused = [
    await preflight(receiver.url, { origin: 'https://evil.example' }),
    await preflight(receiver.url, { 'access-control-request-method': 'DELETE' }),
    await preflight(receiver.url, { 'access-control-request-headers': 'x-api-key' }),
  ]
  for (const { status, headers } of refused) {
    expect(status).toBe(204)
    expect(headers['access-control-allow-origin']).toBeUndefined()
  }
  const other = await post(receiver.url, { ...json, headers: { origin: 'https://evil.example' } })
  expect(other.headers['access-control-allow-origin']).toBeUndefined()
})

test.each<[readonly string[], string, boolean]>([
  [[], 'Content-Type, Accept, X-Requested-With', true],
  [['X-Api-Key'], 'x-api-key,content-type', true],
  [['X-Api-Key'], 'x-requested-with', false],
  [['*'], 'anything, at-all', true],
])('allowed_headers %j and a request for "%s": %s', async (allowed_headers, names, isAllowed) => {
  using receiver = await withCors({ allowed_origins: [origin], allowed_headers })
  const { headers } = await preflight(receiver.url, { 'access-control-request-headers': names })
  expect(headers['access-control-allow-origin']).toBe(isAllowed ? origin : undefined)
})

test('a literal * lets every page send, and names none', async () => {
  using receiver = await withCors({ allowed_origins: '*' })
  const { headers } = await preflight(receiver.url)
  expect(headers['access-control-allow-origin']).toBe('*')
})

test.each<[string, string, boolean]>([
  ['https://*.example.com', 'https://a.b.example.com', true],
  ['https://*.example.com', 'https://example.com', false],
  ['https://*.example.com', 'https://x.example.com.evil', false],
  ['https://a*a', 'https://a', false],
  ['http://localhost:*', 'http://LOCALHOST:3000', true],
  ['*://*.example.*', 'https://a.example.org', true],
  ['https://app.example.com', 'https://app.example.comx', false],
])('%s against %s: %s', async (pattern, from, isAllowed) => {
  using receiver = await withCors({ allowed_origins: [pattern] })
  const { headers } = await post(receiver.url, { ...json, headers: { origin: from } })
  expect(headers['access-control-allow-origin']).toBe(isAllowed ? from : undefined)
})

test('without allowed_origins CORS is off, and allowed_headers alone are warned about', async () => {
  using receiver = await withCors({ allowed_headers: ['x-api-key'] })
  expect(await preflight(receiver.url)).toMatchObject({ status: 405 })
  expect(receiver.log.lines.map((it) => it.message)).toContain(
    'cors.allowed_headers is ignored, since cors.allowed_origins names nobody',
  )
})

test('a pattern of many stars costs linear time', () => {
  const cors = new Cors({
    allowed_origins: [`${'*a'.repeat(50)}b`],
    allowed_headers: [],
    exposed_headers: [],
  })
  const response = { setHeader() {}, writeHead: () => response, end() {} }
  const request = { method: 'POST', headers: { origin: 'a'.repeat(16_000) } }
  expect(cors.handle(request, response)).toBe(false)
})
