import { z } from 'zod'
import { type ComponentSchema, type SchemaCatalogue, type Section, sections } from './catalogue.ts'
import { extensionSchemas } from './extensions.ts'
import { forEditors, type JsonSchema } from './json-schema-fields.ts'
import { pipeline, pipelineKinds, service } from './service.ts'

const whatFor: Readonly<Record<Section, string>> = {
  receivers: 'How data gets in, by id.',
  processors: 'What is decided about it, by id; pipelines say in which order.',
  exporters: 'Where it goes, by id.',
}

/**
 * The JSON Schema (draft 2020-12) of a whole configuration, for editors: they complete and explain
 * settings and mark what is wrong. It says less than `validate`: a file may be one of several that
 * are merged, so no section is required, and what one setting asks of another is not in it.
 *
 * @param title whose configuration it is
 */
export function configSchema(catalogue: SchemaCatalogue, title: string): JsonSchema {
  const sectionSchemas = sections.map((it) => [it, sectionSchema(it, catalogue[it])])
  const definitions = sections.flatMap((section) =>
    catalogue[section].map((it) => [`${section}.${it.type}`, componentSchema(it)]),
  )
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:agent-sre:configuration',
    title,
    type: 'object',
    additionalProperties: false,
    properties: {
      ...Object.fromEntries(sectionSchemas),
      extensions: {
        description: "Of otelcol's only health_check, where probes ask, and file_storage.",
        ...byId(mapValues(extensionSchemas), {}),
      },
      service: serviceSchema(),
    },
    $defs: Object.fromEntries(definitions),
  }
}

function mapValues(schemas: Readonly<Record<string, z.ZodType>>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(schemas).map(([type, it]) => [type, forEditors(it)]))
}

function sectionSchema(section: Section, components: readonly ComponentSchema[]): JsonSchema {
  const byType = components.map(({ type }) => [type, reference(section, type)])
  const byAlias = components.flatMap(({ type, aliases = [] }) =>
    aliases.map((alias) => [
      alias,
      { ...reference(section, type), deprecated: true, description: `The old name of ${type}.` },
    ]),
  )
  return {
    description: whatFor[section],
    ...byId(Object.fromEntries(byType), Object.fromEntries(byAlias)),
  }
}

function reference(section: Section, type: string): JsonSchema {
  return { $ref: `#/$defs/${section}.${type}` }
}

function componentSchema({ config, notYet }: ComponentSchema): JsonSchema {
  return notYet === undefined ? forEditors(config) : { not: {}, description: `Later: ${notYet}.` }
}

/** A map by `type` or `type/name`. The plain types are spelled out too: editors complete only those. */
function byId(types: Record<string, JsonSchema>, aliases: Record<string, JsonSchema>): JsonSchema {
  const named = Object.entries({ ...types, ...aliases })
  return {
    type: ['object', 'null', 'string'],
    pattern: '\\$\\{',
    additionalProperties: false,
    properties: types,
    patternProperties: Object.fromEntries(
      named.map(([type, schema]) => [`^\\s*${type}\\s*(/.+)?$`, schema]),
    ),
  }
}

function serviceSchema(): JsonSchema {
  const { properties, ...rest } = forEditors(z.strictObject(service.shape))
  const kinds = pipelineKinds.map((kind) => [kind, pipelineSchema()])
  const pipelines = {
    description: 'What flows from where through what to where, by kind or kind/name.',
    ...byId(Object.fromEntries(kinds), {}),
  }
  return {
    description: 'What runs, and how.',
    ...rest,
    properties: { ...(properties as object), pipelines },
  }
}

function pipelineSchema(): JsonSchema {
  return forEditors(pipeline)
}
