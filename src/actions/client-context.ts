/** What is known of the client that sent a batch. */
export interface ClientContext {
  /** Names are lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly address: string | undefined
}

/**
 * Compiles the `from_context` of an action: `metadata.<header>` (or the bare name of a header) and
 * `client.address`. Several values of a header are joined with `;`.
 *
 * @returns the sentence that says what is wrong where there is no such thing
 */
export function contextReader(
  name: string,
): ((context: ClientContext) => string | undefined) | string {
  if (name === 'client.address') return ({ address }) => address
  if (name.startsWith('auth.')) {
    return 'auth.* comes later and is not supported yet: there are no authenticators'
  }
  const header = name.replace(/^metadata\./, '').toLowerCase()
  return ({ headers }) => headers.get(header)?.join(';')
}
