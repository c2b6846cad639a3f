/** Where to listen or to connect to; an empty host means every interface, port 0 a free one. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/**
 * Reads `host:port`, `[::1]:4317` or `:4318` (every interface).
 *
 * @returns the sentence that says what is wrong where it is no endpoint
 */
export function parseEndpoint(input: string): Endpoint | string {
  const text = input.trim()
  if (text === '') return 'must not be empty: write host:port, such as localhost:4318'
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'is host:port: leave out the scheme before ://'
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text)
  if (parts === null) return noPort(text)
  const [, bracketed, plain = '', port = ''] = parts
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    return `must end in a port from 0 to 65535; invalid port "${port}"`
  }
  if (/[\s/@]/.test(plain)) return 'is host:port and nothing else, such as localhost:4318'
  return { host: bracketed ?? plain, port: Number(port) }
}

function noPort(text: string): string {
  const isIpv6 = text.split(':').length > 2
  if (isIpv6) return 'must be host:port; an IPv6 host stands in brackets, such as [::1]:4318'
  return 'must be host:port, such as localhost:4318; missing port in address'
}

/** Whether only programs of this machine can reach a listener on this host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Whether two listeners may get in each other's way; names are compared as they stand. */
export function mayOverlap(a: Endpoint, b: Endpoint): boolean {
  if (a.port !== b.port || a.port === 0) return false
  return a.host === b.host || covers(a.host, b.host) || covers(b.host, a.host)
}

/** Whether a host means every interface and a second one is among them. */
function covers(every: string, host: string): boolean {
  const isIpv6Only = host.includes(':') && host !== '::'
  return every === '' || every === '::' || (every === '0.0.0.0' && !isIpv6Only)
}

/** `host:port` again, as it is written in a configuration and in an address bar. */
export function formatEndpoint({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
