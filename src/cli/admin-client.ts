import { z } from 'zod'
import { type Product, type Terminal, UsageError } from './product.ts'

/** The environment variable of the token, since an argument can be seen by every user. */
export const tokenVariable = 'AGENT_SRE_TOKEN'

const refusal = z.object({ error: z.string() })

/** What a running collector's admin server answers. */
export function askAdmin(url: URL, product: Product, terminal: Terminal): Promise<unknown> {
  return exchange(url, {}, product, terminal)
}

/** What it answers to something that it is told to do. */
export function giveAdmin(
  url: URL,
  body: object,
  product: Product,
  terminal: Terminal,
): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const request = { method: 'POST', body: JSON.stringify(body), headers }
  return exchange(url, request, product, terminal)
}

async function exchange(
  url: URL,
  request: { readonly headers?: Record<string, string> } & Omit<RequestInit, 'headers'>,
  { name }: Product,
  { env }: Terminal,
): Promise<unknown> {
  const token = env[tokenVariable]
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const headers = { ...request.headers, ...authorization }
  const signal = AbortSignal.timeout(10_000)
  const response = await fetch(url, { ...request, headers, signal }).catch((cause: unknown) => {
    const hint = `is ${name} running, and is this its service.admin.endpoint?`
    throw new UsageError(`nobody answers at ${url.origin}: ${hint}`, { cause })
  })
  if (response.status === 401) throw new UsageError(`needs a token: set ${tokenVariable}`)
  if (response.ok) return response.json()
  const said = refusal.safeParse(await response.json().catch(() => undefined))
  throw new UsageError(said.success ? said.data.error : `${url} answered ${response.status}`)
}
