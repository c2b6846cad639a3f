/**
 * Headers that concern one connection or frame the message: whoever sends the request sets them, and
 * neither undici nor HTTP/2 sends one that is given.
 */
const ofTheConnection: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What keeps a header from being configured, or `undefined`. */
export function connectionHeaderProblem(name: string): string | undefined {
  return ofTheConnection.has(name.toLowerCase())
    ? 'concerns the connection, which sets it itself: leave it out'
    : undefined
}
