import { z } from 'zod'

/**
 * A key that otelcol has and we do not yet: it is refused by name, so that nobody believes it works.
 *
 * @param instead what to do until then
 */
export function comesLater(instead: string) {
  return z
    .never({ error: `comes later and is not supported yet: ${instead}` })
    .optional()
    .describe(`Comes later; ${instead}.`)
}
