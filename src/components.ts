import { z } from 'zod'
import { debugExporter } from '../exporters/debug/index.ts'
import { fileExporter } from '../exporters/file/index.ts'
import { otlpGrpcExporter } from '../exporters/otlp_grpc/index.ts'
import { otlpHttpExporter } from '../exporters/otlp_http/index.ts'
import { attributesProcessor } from '../processors/attributes/index.ts'
import { batchProcessor } from '../processors/batch/index.ts'
import { filterProcessor } from '../processors/filter/index.ts'
import { genaiProcessor } from '../processors/genai/index.ts'
import { memoryLimiterProcessor } from '../processors/memory_limiter/index.ts'
import { resourceProcessor } from '../processors/resource/index.ts'
import { otlpReceiver } from '../receivers/otlp/index.ts'
import type { Catalogue } from './component/factory.ts'
import type { ComponentSchema, SchemaCatalogue } from './config/catalogue.ts'

/** Every component there is: a new one is one line here. */
export const components: Catalogue = {
  receivers: [otlpReceiver],
  processors: [
    attributesProcessor,
    batchProcessor,
    filterProcessor,
    genaiProcessor,
    memoryLimiterProcessor,
    resourceProcessor,
  ],
  exporters: [debugExporter, fileExporter, otlpGrpcExporter, otlpHttpExporter],
}

/** What a configuration may name: every component, and those that a later version brings. */
export const schemas: SchemaCatalogue = {
  receivers: [...components.receivers, later('kafka')],
  processors: [
    ...components.processors,
    later('cost'),
    later('evaluation'),
    later('drift'),
    later('slo'),
    later('circuit_breaker'),
    later('rollout'),
    later('incident'),
    later('redaction'),
    later('tail_sampling'),
  ],
  exporters: [
    ...components.exporters,
    later('langfuse', 'write otlp_http with the endpoint /api/public/otel of your Langfuse'),
    later('prometheus'),
    later('kafka'),
    later('slack'),
    later('pagerduty'),
    later('webhook'),
  ],
}

function later(type: string, instead = ''): ComponentSchema {
  const notYet = ['it comes in a later version; leave it out for now', instead]
  return { type, config: z.unknown(), notYet: notYet.filter((it) => it !== '').join(': ') }
}
