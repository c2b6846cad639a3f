import type { Response } from './answer.ts'

/** More than anybody reads; a dead letter holds it beside the data. */
const maxCharacters = 4096

/** What a server wrote when it refused, as far as it is kept. */
export function responseText(text: string): Response {
  return text === '' ? {} : { response: text.slice(0, maxCharacters) }
}
