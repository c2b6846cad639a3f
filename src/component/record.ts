import type { Payload } from '../pdata/payload.ts'

/**
 * What comes from outside and changes what we remember. It is a record before it takes effect;
 * memory is a pure function of the records, in order.
 */
export type RecordBody =
  | { readonly kind: 'request'; readonly receiver: string; readonly payload: Payload }
  | {
      readonly kind: 'command'
      readonly component: string
      readonly name: string
      readonly actor: string
      readonly body: unknown
    }
  | { readonly kind: 'upload'; readonly component: string; readonly body: unknown }
  | { readonly kind: 'result'; readonly component: string; readonly body: unknown }
  | { readonly kind: 'epoch'; readonly reason: string; readonly fingerprint: string }
  | { readonly kind: 'tick' }

export type RecordKind = RecordBody['kind']

/** One entry of the ingest log. */
export interface LogRecord<B extends RecordBody = RecordBody> {
  /** Position in the log; the first is 0. */
  readonly offset: number
  /** When we received it, milliseconds since the Unix epoch; never less than the record before. */
  readonly atMs: number
  readonly body: B
}

/** What a receiver took over. */
export type RequestBody = Extract<RecordBody, { kind: 'request' }>

/** Records that a component is addressed by. */
export type AddressedBody = Extract<RecordBody, { component: string }>
