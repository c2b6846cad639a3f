import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { anthropicEvents, anthropicMessage } from './anthropic-api.ts'
import { chatChunks, chatCompletion, embeddings, response, responseEvents } from './openai-api.ts'
import type { Answer, Api, Served } from './script.ts'

/** What the server looks at in a request. */
const request = z.looseObject({ model: z.string(), stream: z.boolean().default(false) })

const apis: ReadonlyMap<string, Api> = new Map([
  ['/v1/chat/completions', 'chat'],
  ['/v1/responses', 'responses'],
  ['/v1/embeddings', 'embeddings'],
  ['/v1/messages', 'messages'],
])

/** The APIs of OpenAI and of Anthropic on a free port: answers with a script, and remembers it. */
export class ScriptedServer {
  readonly served: Served[] = []
  readonly url: string
  readonly #server: Server
  readonly #script: Answer[]

  constructor(server: Server, url: string, script: readonly Answer[]) {
    this.#server = server
    this.url = url
    this.#script = [...script]
  }

  static async open(script: readonly Answer[]): Promise<ScriptedServer> {
    const http = createServer((request, response) => void server.#take(request, response))
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    const { port } = http.address() as AddressInfo
    const server = new ScriptedServer(http, `http://127.0.0.1:${port}`, script)
    return server
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    if (this.#server.listening) await once(this.#server, 'close')
  }

  async #take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { model, stream: isStream } = request.parse(JSON.parse(await text(incoming)))
    const api = apis.get(incoming.url ?? '')
    const answer = this.#script.shift()
    if (api === undefined || answer === undefined) return refuse(outgoing, incoming.url)
    const responseId = `${api}-${this.served.length + 1}`
    const served: Served = {
      ...answer,
      api,
      requestModel: model,
      model: `${model}-2026-01-15`,
      responseId,
      isStream,
    }
    this.served.push(served)
    outgoing.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json')
    outgoing.end(isStream ? stream(served) : JSON.stringify(body(served)))
  }
}

/** A status that no client tries again, so that a script that is too short fails at once. */
function refuse(outgoing: ServerResponse, url: string | undefined): void {
  outgoing.writeHead(400, { 'content-type': 'application/json' })
  outgoing.end(JSON.stringify({ error: { message: `the script has no answer for ${url}` } }))
}

function body(served: Served): object {
  switch (served.api) {
    case 'chat':
      return chatCompletion(served)
    case 'responses':
      return response(served)
    case 'embeddings':
      return embeddings(served)
    case 'messages':
      return anthropicMessage(served)
  }
}

function stream(served: Served): string {
  if (served.api === 'chat') {
    const chunks = chatChunks(served).map((it) => `data: ${JSON.stringify(it)}\n\n`)
    return `${chunks.join('')}data: [DONE]\n\n`
  }
  const events = served.api === 'messages' ? anthropicEvents(served) : responseEvents(served)
  return events.map((it) => `event: ${it.type}\ndata: ${JSON.stringify(it)}\n\n`).join('')
}
