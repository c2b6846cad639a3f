import { describe, expect, test } from 'vitest'
import { hasOpenssl, selfSigned } from '../../src/net/client/certificates.fixture.ts'
import { someSpans } from '../../src/net/client/some-spans.fixture.ts'
import { running } from './running.fixture.ts'
import { answers, scriptedServer } from './scripted-server.fixture.ts'

const ok = answers.status(200)

describe.skipIf(!hasOpenssl())('over TLS', () => {
  test('believes a server whose authority is given, and no other', async () => {
    const server = await scriptedServer([ok], { tls: selfSigned('localhost') })
    const stranger = running({ endpoint: server.url })
    const outcome = await stranger.send(someSpans(1))
    expect(outcome).toMatchObject({ kind: 'retryable' })
    expect('reason' in outcome ? outcome.reason : '').toContain('certificate')
    expect(server.requests).toEqual([])
  })

  test.each(['ca_file', 'ca_pem'])('takes the authority from %s', async (key) => {
    const tls = selfSigned('localhost')
    const server = await scriptedServer([ok], { tls })
    const ca = key === 'ca_file' ? tls.certFile : tls.cert
    const exporter = running({ endpoint: server.url, tls: { [key]: ca } })
    expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
    expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
    expect(server.requests).toHaveLength(2)
  })

  test('looks for another name in the certificate when told to', async () => {
    const tls = selfSigned('backend.internal')
    const server = await scriptedServer([ok], { tls })
    const wrong = running({ endpoint: server.url, tls: { ca_pem: tls.cert } })
    expect(await wrong.send(someSpans(1))).toMatchObject({ kind: 'retryable' })
    const right = running({
      endpoint: server.url,
      tls: { ca_pem: tls.cert, server_name_override: 'backend.internal' },
    })
    expect(await right.send(someSpans(1))).toEqual({ kind: 'delivered' })
  })

  test('believes anybody when told to, and warns once', async () => {
    const server = await scriptedServer([ok], { tls: selfSigned('elsewhere') })
    const exporter = running({ endpoint: server.url, tls: { insecure_skip_verify: true } })
    expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
    expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
    expect(exporter.log.lines.filter((it) => it.level === 'warn')).toHaveLength(1)
  })

  test('shows its own certificate to a server that asks for it', async () => {
    const tls = selfSigned('localhost')
    const client = selfSigned('agent-sre')
    const server = await scriptedServer([ok], {
      tls: { ...tls, ca: client.cert, requestCert: true, rejectUnauthorized: true },
    })
    const nobody = running({ endpoint: server.url, tls: { ca_pem: tls.cert } })
    expect(await nobody.send(someSpans(1))).toMatchObject({ kind: 'retryable' })
    const known = running({
      endpoint: server.url,
      tls: { ca_pem: tls.cert, cert_file: client.certFile, key_pem: client.key },
    })
    expect(await known.send(someSpans(1))).toEqual({ kind: 'delivered' })
  })

  test('speaks HTTP/2 to a server that knows nothing else', async () => {
    const tls = selfSigned('localhost')
    const server = await scriptedServer([], { tls, http2: true })
    const exporter = running({ endpoint: server.url, tls: { ca_pem: tls.cert } })
    expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
    const all = Array.from({ length: 20 }, () => exporter.send(someSpans(1)))
    expect(new Set((await Promise.all(all)).map((it) => it.kind))).toEqual(new Set(['delivered']))
  })
})

test('a server that speaks no TLS is tried again', async () => {
  const server = await scriptedServer([ok])
  const exporter = running({ endpoint: server.url.replace('http:', 'https:') })
  expect(await exporter.send(someSpans(1))).toMatchObject({ kind: 'retryable' })
})
