import { lstat, unlink } from 'node:fs'
import { connect, type ListenOptions, type Server } from 'node:net'
import type { ListenAddress } from '../../component/listeners.ts'
import { formatEndpoint } from '../../config/fields.ts'

/**
 * Binds a server. `localhost` is 127.0.0.1, as Go resolves it, whatever the hosts file puts first; a
 * socket file that a crash left behind is replaced.
 *
 * @param key the setting that names the endpoint, for the sentence of a failure
 * @param done gets `host:port` with the real port, or `unix:` and the path, or why nothing listens
 */
export function bind(
  server: Server,
  address: ListenAddress,
  key: string,
  done: (listening: string | Error) => void,
): void {
  const listen = () => {
    const failed = (cause: Error) => done(bindError(address, key, cause))
    server.once('error', failed)
    server.listen(listenOptions(address), () => {
      server.off('error', failed)
      done(boundAddress(server))
    })
  }
  if (address.kind === 'unix') removeStale(address.path, listen)
  else listen()
}

/** Equal for addresses that are one place to listen. */
export function addressName(address: ListenAddress): string {
  return JSON.stringify(listenOptions(address))
}

function listenOptions(address: ListenAddress): ListenOptions {
  if (address.kind === 'unix') return { path: address.path }
  const { host, port, family } = address
  if (host === 'localhost') return { port, host: family === 6 ? '::1' : '127.0.0.1' }
  if (host !== '') return { port, host }
  if (family === undefined) return { port }
  return family === 4 ? { port, host: '0.0.0.0' } : { port, host: '::', ipv6Only: true }
}

/** Only a socket at which nobody listens is removed; of everything else the bind says what is wrong. */
function removeStale(path: string, next: () => void): void {
  lstat(path, (missing, stats) => {
    if (missing !== null || !stats.isSocket()) return next()
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      next()
    })
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ECONNREFUSED') unlink(path, () => next())
      else next()
    })
  })
}

function boundAddress(server: Server): string {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') return `unix:${bound}`
  return formatEndpoint({ host: bound.address, port: bound.port })
}

const causes: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'it is in use by another program'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
  ['EACCES', 'the user of this process may not listen there'],
  ['ENOTFOUND', 'the host has no address'],
  ['ENOENT', 'its folder does not exist'],
])

function bindError(address: ListenAddress, key: string, cause: NodeJS.ErrnoException): Error {
  const why = causes.get(cause.code ?? '') ?? cause.message
  const where = address.kind === 'unix' ? address.path : formatEndpoint(address)
  return new Error(`cannot listen on ${where}: ${why}; set ${key} to another endpoint`, { cause })
}
