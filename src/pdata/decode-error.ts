/** What a sender's body is when it is no OTLP; the message says where and what was found. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  /** The field, as in `resourceSpans[0].scopeSpans`, or a byte and the fields around it. */
  readonly path: string
  readonly found: string

  constructor(path: string, found: string, options?: ErrorOptions) {
    super(`${path || 'the body'}: found ${found}`, options)
    this.path = path
    this.found = found
  }
}

/** What a body is that may be valid OTLP but has more in it than one request may. */
export class TooManyError extends DecodeError {
  constructor(found: string) {
    super('', found)
  }
}
