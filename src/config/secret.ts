import { createHash, timingSafeEqual } from 'node:crypto'
import { inspect } from 'node:util'

/** What every text form of a secret shows. */
export const redacted = '[REDACTED]'

/** A credential from the configuration: printing, logging or serialising it shows `[REDACTED]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the code that sends it; never for a message. */
  reveal(): string {
    return this.#value
  }

  /** Whether a candidate is this secret, in a time that does not depend on where they differ. */
  matches(candidate: string): boolean {
    return timingSafeEqual(digest(this.#value), digest(candidate))
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [inspect.custom](): string {
    return redacted
  }
}

/** Hashing first makes both sides equally long, as `timingSafeEqual` demands. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
