import type { Attributes } from '@opentelemetry/api'
import type { Batch, PipelineKind } from '../../component/batch.ts'
import type { OutgoingRequest } from './answer.ts'

/** What a sending queue has to know about the place it sends to. */
export interface Destination {
  /** Whether there is anything in a batch to send; what is not wanted is delivered as it is. */
  wants(batch: Batch): boolean
  /** The requests that carry a batch: most often one, several where it is too large for one. */
  requests(batch: Batch): readonly OutgoingRequest[]
  /** What names the server in metrics: `server.address`, `server.port`, `url.path`. */
  attributes(kind: PipelineKind): Attributes
  /** Lets connections end after their last answer; a later request opens new ones. */
  close(): Promise<void>
  /** Breaks every connection now; what is in flight fails. */
  destroy(): Promise<void>
}
