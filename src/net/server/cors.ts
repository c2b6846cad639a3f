import type { IncomingMessage } from 'node:http'

/** What is needed of a response. */
interface Response {
  setHeader(name: string, value: string | number): unknown
  writeHead(status: number): { end(): unknown }
}

export interface CorsConfig {
  /** Origins of pages that may send; `*` stands for any text, alone for every origin. */
  readonly allowed_origins: readonly string[]
  readonly allowed_headers: readonly string[]
  readonly exposed_headers: readonly string[]
  /** Seconds that a browser may remember a preflight; absent leaves it to the browser. */
  readonly max_age?: number | undefined
}

/** Headers that a page may always send, in lower case. */
const safeHeaders = ['accept', 'accept-language', 'content-type', 'content-language']
const methods = ['POST', 'GET', 'HEAD']

/** Cross-origin resource sharing: which pages' scripts may send, with credentials or without. */
export class Cors {
  readonly #origins: readonly (readonly string[])[]
  readonly #allowsAll: boolean
  readonly #headers: ReadonlySet<string> | 'all'
  readonly #exposed: string
  readonly #maxAge: number | undefined

  constructor({ allowed_origins, allowed_headers, exposed_headers, max_age }: CorsConfig) {
    this.#allowsAll = allowed_origins.includes('*')
    this.#origins = allowed_origins.map((it) => it.toLowerCase().split('*'))
    this.#headers = allowed_headers.includes('*')
      ? 'all'
      : new Set([
          ...safeHeaders,
          ...(allowed_headers.length === 0 ? ['x-requested-with'] : []),
          ...allowed_headers.map((it) => it.toLowerCase()),
        ])
    this.#exposed = exposed_headers.join(', ')
    this.#maxAge = max_age
  }

  /**
   * Puts on the answer what a browser wants to know. A preflight is answered at once, before
   * authentication and everything else.
   *
   * @returns whether the request was a preflight: then it is answered
   */
  handle(
    { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
    response: Response,
  ): boolean {
    const wanted = headers['access-control-request-method']
    const isPreflight = method === 'OPTIONS' && wanted !== undefined
    const { origin } = headers
    response.setHeader('Vary', isPreflight ? preflightVary : 'Origin')
    if (origin !== undefined && this.#isAllowed(origin)) {
      if (!isPreflight) this.#allow(origin, response)
      else this.#allowPreflight(origin, wanted, headers['access-control-request-headers'], response)
    }
    if (isPreflight) response.writeHead(204).end()
    return isPreflight
  }

  #isAllowed(origin: string): boolean {
    const lower = origin.toLowerCase()
    return this.#allowsAll || this.#origins.some((it) => matches(lower, it))
  }

  /** Credentials are refused by browsers where every origin is allowed, since then no one is named. */
  #allow(origin: string, response: Response): void {
    response.setHeader('Access-Control-Allow-Origin', this.#allowsAll ? '*' : origin)
    response.setHeader('Access-Control-Allow-Credentials', 'true')
    if (this.#exposed !== '') response.setHeader('Access-Control-Expose-Headers', this.#exposed)
  }

  #allowPreflight(origin: string, method: string, headers = '', response: Response): void {
    if (!methods.includes(method)) return
    const names = headers.split(',').map((it) => it.trim())
    const wanted = names.filter((it) => it !== '')
    const known = this.#headers
    if (known !== 'all' && !wanted.every((it) => known.has(it.toLowerCase()))) return
    response.setHeader('Access-Control-Allow-Origin', this.#allowsAll ? '*' : origin)
    response.setHeader('Access-Control-Allow-Credentials', 'true')
    response.setHeader('Access-Control-Allow-Methods', method)
    if (wanted.length > 0) response.setHeader('Access-Control-Allow-Headers', wanted.join(', '))
    if (this.#maxAge !== undefined) response.setHeader('Access-Control-Max-Age', this.#maxAge)
  }
}

const preflightVary = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'

/** Whether a text has these parts in this order, from its beginning to its end, with anything between. */
function matches(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
