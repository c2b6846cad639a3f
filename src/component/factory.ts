import type { Observable } from 'rxjs'
import type { z } from 'zod'
import type { Batch, PipelineKind } from './batch.ts'
import type { Delivery, Retryable, Slot } from './delivery.ts'
import type { KeptQueue } from './kept-queue.ts'
import type { Processor } from './processor.ts'
import type { Settings } from './settings.ts'

export type Stability = 'development' | 'alpha' | 'beta' | 'stable'

interface FactoryBase<S extends z.ZodType> {
  /** The type as written in YAML, and the folder's name. */
  readonly type: string
  /** Other spellings of the type; deprecated ones are warned about once. */
  readonly aliases?: readonly string[]
  readonly stability: Stability
  /** Schema of what a user writes. */
  readonly config: S
  /** Pipelines in which the component may stand. */
  readonly kinds: readonly PipelineKind[]
}

/** Subscribing starts it; on `settings.signal` it stops accepting and completes at once. */
export type Receiver = Observable<Delivery>

/** A destination. `consume` completes when its source has and everything taken is settled. */
export interface Exporter {
  consume(source: Observable<Delivery>): Observable<never>
  /** Room for a batch, kept until the batch arrives; a refusal says when to try again. */
  reserve?(batch: Batch): Slot | Retryable
  /** Calls back once when room has been freed; the returned function forgets it. */
  onRoom?(callback: () => void): () => void
  /**
   * Whether a batch that comes now would be written to disk while none is there yet: whoever has it
   * on disk already, and can wait a little, spares the write.
   */
  spills?(batch: Batch): boolean
  /**
   * Makes safe on disk whatever was taken and is not settled yet, and settles it; syncs what was
   * settled before. What could not be written stays unsettled. Rejects when a power loss could still
   * take what was settled: its sender must be able to send it again.
   */
  persist?(): Promise<void>
  /** What it keeps on disk, for people; absent where that is nothing. */
  kept?(): KeptQueue | undefined
  /** A batch has waited for room in vain; it is counted once, and its client is told. */
  refused?(batch: Batch): void
}

export interface ReceiverFactory<S extends z.ZodType = z.ZodType> extends FactoryBase<S> {
  readonly role: 'receiver'
  create(config: z.output<S>, settings: Settings): Receiver
}

export interface ProcessorFactory<S extends z.ZodType = z.ZodType> extends FactoryBase<S> {
  readonly role: 'processor'
  /** Kinds of pipelines that may name this processor under `receivers:`. */
  readonly emits: readonly PipelineKind[]
  create(config: z.output<S>, settings: Settings): Processor
}

export interface ExporterFactory<S extends z.ZodType = z.ZodType> extends FactoryBase<S> {
  readonly role: 'exporter'
  create(config: z.output<S>, settings: Settings): Exporter
}

/** All that can be named in a configuration. */
export interface Catalogue {
  readonly receivers: readonly ReceiverFactory[]
  readonly processors: readonly ProcessorFactory[]
  readonly exporters: readonly ExporterFactory[]
}

const telemetryKinds: readonly PipelineKind[] = ['traces', 'logs', 'metrics']

type Described<S extends z.ZodType> = Pick<FactoryBase<S>, 'type' | 'config'> &
  Partial<Pick<FactoryBase<S>, 'aliases' | 'stability' | 'kinds'>>

function described<S extends z.ZodType>({ aliases = [], stability, kinds, ...it }: Described<S>) {
  return {
    aliases,
    stability: stability ?? ('alpha' as const),
    kinds: kinds ?? telemetryKinds,
    ...it,
  }
}

/** A receiver: how data gets in. `create` starts nothing. */
export function defineReceiver<S extends z.ZodType>(
  receiver: Described<S> & Pick<ReceiverFactory<S>, 'create'>,
): ReceiverFactory<S> {
  return { role: 'receiver', create: receiver.create, ...described(receiver) }
}

/** A processor: what we decide about it. `create` starts nothing. */
export function defineProcessor<S extends z.ZodType>(
  processor: Described<S> &
    Pick<ProcessorFactory<S>, 'create'> &
    Partial<Pick<ProcessorFactory<S>, 'emits'>>,
): ProcessorFactory<S> {
  const { emits = [] } = processor
  return { role: 'processor', emits, create: processor.create, ...described(processor) }
}

/** An exporter: where the answer goes. `create` starts nothing; a bare function is its `consume`. */
export function defineExporter<S extends z.ZodType>(
  exporter: Described<S> & {
    create(config: z.output<S>, settings: Settings): Exporter | Exporter['consume']
  },
): ExporterFactory<S> {
  return {
    role: 'exporter',
    ...described(exporter),
    create(config, settings) {
      const made = exporter.create(config, settings)
      return typeof made === 'function' ? { consume: made } : made
    },
  }
}
