import { isLoopback } from '../config/endpoint.ts'
import type { AdminConfig, AdminToken } from '../config/service.ts'

export type AdminRole = AdminToken['roles'][number]

/** A refusal: status and the sentence that says what to do. */
export interface Refusal {
  readonly statusCode: 401 | 403 | 415
  readonly error: string
}

/** Who may do what at the admin server. */
export class Access {
  readonly #tokens: readonly AdminToken[]
  readonly #allowedHosts: ReadonlySet<string> | undefined

  constructor({ endpoint, tokens }: AdminConfig) {
    if (!isLoopback(endpoint.host) && tokens.length === 0) {
      throw new Error('the admin server is reachable from outside and has no tokens')
    }
    this.#tokens = tokens
    this.#allowedHosts = isLoopback(endpoint.host)
      ? new Set(['localhost', '127.0.0.1', '[::1]', endpoint.host])
      : undefined
  }

  /**
   * Refuses names that are not ours. A page of the web can make its own name point to this machine;
   * the browser then sends that name here.
   */
  host(hostHeader: string | undefined): Refusal | undefined {
    if (this.#allowedHosts === undefined || hostHeader === undefined) return undefined
    const name = hostHeader.replace(/:\d*$/, '').toLowerCase()
    if (this.#allowedHosts.has(name)) return undefined
    return { statusCode: 403, error: 'unknown Host: write localhost or 127.0.0.1' }
  }

  /** Refuses what a page of another origin sends. */
  origin(origin: string | undefined, hostHeader: string | undefined): Refusal | undefined {
    if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === hostHeader)) {
      return undefined
    }
    return { statusCode: 403, error: 'commands are not taken from pages of another origin' }
  }

  /** Refuses whoever has not the role. Without tokens everybody on this machine has it. */
  role(authorization: string | undefined, role: AdminRole): Refusal | undefined {
    if (this.#tokens.length === 0) return undefined
    const token = this.#tokenOf(authorization)
    if (token === undefined) {
      return { statusCode: 401, error: 'needs a token: Authorization: Bearer …' }
    }
    if (token.roles.includes(role)) return undefined
    return { statusCode: 403, error: `the token ${token.name} has not the role ${role}` }
  }

  /** Who asks: the token's name, or `local` where there are no tokens. */
  actor(authorization: string | undefined): string {
    return this.#tokenOf(authorization)?.name ?? 'local'
  }

  /** Compares with every token, so that the time says nothing about which one was near. */
  #tokenOf(authorization = ''): AdminToken | undefined {
    const [, candidate] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
    if (candidate === undefined) return undefined
    return this.#tokens.filter(({ token }) => token.matches(candidate))[0]
  }
}
