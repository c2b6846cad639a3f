import { configuration } from './checklist/configuration.ts'
import { exporterAnswers } from './checklist/exporter-answers.ts'
import { exporterBooks } from './checklist/exporter-books.ts'
import { interop } from './checklist/interop.ts'
import type { Item } from './checklist/item.ts'
import { lifeCycle } from './checklist/life-cycle.ts'
import { receiverGrpc } from './checklist/receiver-grpc.ts'
import { receiverHttp } from './checklist/receiver-http.ts'
import { receiverJson } from './checklist/receiver-json.ts'

/** One part of the checklist, under its heading. */
export interface Part {
  readonly title: string
  readonly items: readonly Item[]
}

/**
 * The conformance checklist, in single statements. Its sources are the OpenTelemetry protocol
 * specification and the behaviour of the upstream collector.
 */
export const checklist: readonly Part[] = [
  { title: 'Receiver', items: [...receiverHttp, ...receiverJson, ...receiverGrpc] },
  { title: 'Exporter', items: [...exporterAnswers, ...exporterBooks] },
  { title: 'Configuration', items: configuration },
  { title: 'Life cycle', items: lifeCycle },
  { title: 'Interoperability', items: interop },
]
