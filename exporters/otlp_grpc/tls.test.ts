import { ServerCredentials } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { hasOpenssl, selfSigned } from '../../src/net/client/certificates.fixture.ts'
import { someSpans } from '../../src/net/client/some-spans.fixture.ts'
import { running } from './running.fixture.ts'
import { answers, scriptedServer } from './scripted-server.fixture.ts'

const ok = answers.ok()

function secureServer(name: string, clientCa?: string) {
  const own = selfSigned(name)
  const pair = { cert_chain: Buffer.from(own.cert), private_key: Buffer.from(own.key) }
  const ca = clientCa === undefined ? null : Buffer.from(clientCa)
  const credentials = ServerCredentials.createSsl(ca, [pair], clientCa !== undefined)
  return { own, credentials }
}

describe.skipIf(!hasOpenssl())('over TLS, which is the default', () => {
  test('believes a server whose authority is given, and no other', async () => {
    const { own, credentials } = secureServer('localhost')
    const { port, calls } = await scriptedServer([ok], { credentials })
    const stranger = running({ endpoint: `localhost:${port}`, tls: {} })
    const outcome = await stranger.send(someSpans(1))
    expect(outcome).toMatchObject({ kind: 'retryable' })
    expect('reason' in outcome ? outcome.reason : '').toContain('certificate')
    expect(calls).toEqual([])
    const known = running({ endpoint: `localhost:${port}`, tls: { ca_file: own.certFile } })
    expect(await known.send(someSpans(1))).toEqual({ kind: 'delivered' })
  })

  test('https:// means TLS even where insecure is set', async () => {
    const { own, credentials } = secureServer('localhost')
    const { port } = await scriptedServer([ok], { credentials })
    const tls = { insecure: true, ca_pem: own.cert }
    const exporter = running({ endpoint: `https://127.0.0.1:${port}`, tls })
    expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
  })

  test('looks for another name in the certificate when told to', async () => {
    const { own, credentials } = secureServer('backend.internal')
    const { port } = await scriptedServer([ok], { credentials })
    const wrong = running({ endpoint: `localhost:${port}`, tls: { ca_pem: own.cert } })
    expect(await wrong.send(someSpans(1))).toMatchObject({ kind: 'retryable' })
    const right = running({
      endpoint: `localhost:${port}`,
      tls: { ca_pem: own.cert, server_name_override: 'backend.internal' },
    })
    expect(await right.send(someSpans(1))).toEqual({ kind: 'delivered' })
  })

  test('believes anybody when told to, and warns once', async () => {
    const { credentials } = secureServer('elsewhere')
    const { port } = await scriptedServer([ok], { credentials })
    const exporter = running({
      endpoint: `localhost:${port}`,
      tls: { insecure_skip_verify: true },
    })
    expect(await exporter.send(someSpans(1))).toEqual({ kind: 'delivered' })
    expect(exporter.log.lines.filter((it) => it.level === 'warn')).toHaveLength(1)
  })

  test('shows its own certificate to a server that asks for it', async () => {
    const client = selfSigned('agent-sre')
    const { own, credentials } = secureServer('localhost', client.cert)
    const { port } = await scriptedServer([ok], { credentials })
    const endpoint = `localhost:${port}`
    const nobody = running({ endpoint, tls: { ca_pem: own.cert } })
    expect(await nobody.send(someSpans(1))).toMatchObject({ kind: 'retryable' })
    const known = running({
      endpoint,
      tls: { ca_pem: own.cert, cert_file: client.certFile, key_pem: client.key },
    })
    expect(await known.send(someSpans(1))).toEqual({ kind: 'delivered' })
  })

  test('plaintext to a server that wants TLS, and TLS to one that has none, are tried again', async () => {
    const { credentials } = secureServer('localhost')
    const secure = await scriptedServer([ok], { credentials })
    const plain = await scriptedServer([ok])
    const toSecure = running({ endpoint: `http://${secure.endpoint}`, timeout: '1s' })
    expect(await toSecure.send(someSpans(1))).toMatchObject({ kind: 'retryable' })
    const toPlain = running({ endpoint: plain.endpoint, tls: {}, timeout: '1s' })
    expect(await toPlain.send(someSpans(1))).toMatchObject({ kind: 'retryable' })
  })
})
