import { parseEndpoint } from '../../config/endpoint.ts'

/** Where a gRPC channel leads. */
export interface GrpcTarget {
  /** As the resolvers of grpc-js read it. */
  readonly target: string
  /** What the scheme says about TLS; `undefined` leaves it to `tls.insecure`. */
  readonly security: 'plaintext' | 'tls' | undefined
  /** Host, or path of a socket; for metrics. */
  readonly address: string
  readonly port?: number
}

/**
 * Reads `host:port`, alone or behind `http://`, `https://`, `dns:///` or `passthrough:///`, or a
 * socket as `unix:///path`.
 *
 * @returns the sentence that says what is wrong where it is none of them
 */
export function parseGrpcTarget(input: string): GrpcTarget | string {
  const text = input.trim()
  if (text === '') return noEndpoint
  const [, scheme = '', rest = text] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(text) ?? []
  if (/^unix:/i.test(text)) return socket(text)
  switch (scheme.toLowerCase()) {
    case '':
      return hostPort(text, undefined)
    case 'http':
      return hostPort(rest.replace(/\/$/, ''), 'plaintext')
    case 'https':
      return hostPort(rest.replace(/\/$/, ''), 'tls')
    case 'passthrough':
      return hostPort(rest.replace(/^\//, ''), undefined)
    case 'dns':
      return throughDns(rest)
  }
  return `${scheme}:// is no scheme of gRPC that we know: write host:port, alone or after http://, https://, dns:/// or unix://`
}

/** otelcol's sentence. */
export const noEndpoint = 'requires a non-empty "endpoint"'

function hostPort(text: string, security: GrpcTarget['security']): GrpcTarget | string {
  if (/\/|\?/.test(text)) return 'is host:port: gRPC endpoints have no path, leave it out'
  const endpoint = parseEndpoint(text)
  if (typeof endpoint === 'string') return endpoint
  const { port } = endpoint
  const address = endpoint.host === '' ? 'localhost' : endpoint.host
  const target = `${address.includes(':') ? `[${address}]` : address}:${port}`
  return { target, security, address, port }
}

/** `dns:///host:port`, or with the name server to ask before the last slash. */
function throughDns(rest: string): GrpcTarget | string {
  const [, server = '', name = rest] = /^([^/]*)\/(.*)$/.exec(rest) ?? []
  const found = hostPort(name, undefined)
  return typeof found === 'string' ? found : { ...found, target: `dns://${server}/${found.target}` }
}

function socket(text: string): GrpcTarget | string {
  const path = text.replace(/^unix:(\/\/)?/i, '')
  if (path === '') return 'names no socket: write unix:///path/of/the.sock'
  const target = path.startsWith('/') ? `unix://${path}` : `unix:${path}`
  return { target, security: undefined, address: path }
}
