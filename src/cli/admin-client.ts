import { Agent, fetch, type RequestInit } from 'undici'
import { z } from 'zod'
import { type Product, type Terminal, UsageError } from './product.ts'

/** The environment variable of the token, since an argument can be seen by every user. */
export const tokenVariable = 'AGENT_SRE_TOKEN'

const refusal = z.object({ error: z.string() })

const timeoutMs = 10_000

/** What a running collector's admin server answers. */
export function askAdmin(
  url: URL,
  product: Pick<Product, 'name'>,
  terminal: Terminal,
): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs)
  return exchange(url, { signal }, product, terminal)
}

/** What it answers to something that it is told to do, however long that takes. */
export function giveAdmin(
  url: URL,
  body: object,
  product: Pick<Product, 'name'>,
  terminal: Terminal,
): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const request = { method: 'POST', body: JSON.stringify(body), headers, dispatcher: patient() }
  return exchange(url, request, product, terminal)
}

/** Waits for an answer without an end; it has no connection left when it was given one. */
function patient(): Agent {
  return new Agent({ headersTimeout: 0, bodyTimeout: 0, pipelining: 0 })
}

type AdminRequest = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> }

async function exchange(
  url: URL,
  request: AdminRequest,
  { name }: Pick<Product, 'name'>,
  { env }: Terminal,
): Promise<unknown> {
  const token = env[tokenVariable]
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const headers = { ...request.headers, ...authorization }
  const response = await fetch(url, { ...request, headers }).catch((cause: unknown) => {
    if (cause instanceof Error && cause.name === 'TimeoutError') throw late(url, cause)
    const hint = `is ${name} running, and is this its service.admin.endpoint?`
    throw new UsageError(`nobody answers at ${url.origin}: ${hint}`, { cause })
  })
  if (response.status === 401) throw new UsageError(`needs a token: set ${tokenVariable}`)
  if (response.ok) return response.json()
  const said = refusal.safeParse(await response.json().catch(() => undefined))
  throw new UsageError(said.success ? said.data.error : `${url} answered ${response.status}`)
}

function late(url: URL, cause: Error): UsageError {
  const seconds = timeoutMs / 1000
  return new UsageError(`${url.origin} has not answered for ${seconds} s: it is busy, ask again`, {
    cause,
  })
}
