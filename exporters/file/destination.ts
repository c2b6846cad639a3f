import type { Attributes, Counter } from '@opentelemetry/api'
import { type Batch, itemCount } from '../../src/component/batch.ts'
import type { Settings } from '../../src/component/settings.ts'
import type { Answer, OutgoingRequest } from '../../src/net/client/answer.ts'
import type { Destination } from '../../src/net/client/destination.ts'
import type { Config } from './config.ts'
import { LineFile } from './line-file.ts'
import { lines } from './lines.ts'

/** A file, as a sending queue sees it. */
export class FileDestination implements Destination {
  readonly #path: string
  readonly #file: LineFile
  readonly #exporter: string
  readonly #errors: Counter

  constructor(config: Config, settings: Settings) {
    this.#path = config.path
    this.#file = new LineFile(config, settings)
    this.#exporter = settings.id
    this.#errors = settings.meter.createCounter('otelcol_exporter_write_errors', {
      unit: '{write}',
      description: 'Writes to the file that failed; each is tried again.',
    })
  }

  wants(batch: Batch): boolean {
    return itemCount(batch) > 0
  }

  requests(batch: Batch): readonly OutgoingRequest[] {
    return [{ items: itemCount(batch), send: () => this.#write(batch) }]
  }

  attributes(): Attributes {
    return {}
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  /** A write cannot be broken off; it ends soon. */
  destroy(): Promise<void> {
    return this.#file.close()
  }

  async #write(batch: Batch): Promise<Answer> {
    try {
      await this.#file.write(lines(batch))
      return { kind: 'sent', rejected: 0 }
    } catch (cause) {
      this.#errors.add(1, { exporter: this.#exporter })
      const said = cause instanceof Error ? cause.message : String(cause)
      return { kind: 'retryable', reason: `cannot write to ${this.#path}: ${said}` }
    }
  }
}
