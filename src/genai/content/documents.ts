import type { EventView } from '../../pdata/span-parts.ts'
import type { SpanView } from '../../pdata/spans.ts'
import { ContentKeys } from './content-keys.ts'
import { type Decoded, decodeText } from './decode.ts'
import { documentOf, documentsIn, type RetrievedDocument, scoreOf } from './document.ts'
import { firstOf, isList, isObject, type Json, type JsonObject, newObject, textOf } from './json.ts'
import type { ContentSource } from './message.ts'
import { unflatten } from './unflatten.ts'
import { isWithheld } from './withheld.ts'

export type { RetrievedDocument } from './document.ts'

/** Documents of one place. */
export interface DocumentList {
  readonly documents: readonly RetrievedDocument[]
  readonly truncated: boolean
  readonly source: ContentSource | undefined
}

/**
 * What a retrieval or a reranking gave, in the order that it gave it. Ask spans of that kind: of
 * others the output is read as if it were documents.
 */
export function retrievedDocuments(span: SpanView): DocumentList {
  let cut: DocumentList = { documents: [], truncated: false, source: undefined }
  for (const read of places) {
    const found = read(span)
    if (found.documents.length > 0 && !found.truncated) return found
    if (cut.documents.length === 0 && found.truncated) cut = found
  }
  return cut
}

/** What was searched for. */
export function retrievalQuery(span: SpanView): string | undefined {
  const plain = queryKeys.map((key) => keys.plain(span, key).value)
  return queryIn(firstOf(...plain)) ?? firstQuery(inputKeys.map((key) => keys.decode(span, key)))
}

type ReadPlace = (span: SpanView) => DocumentList

const outputKeys = [
  'gen_ai.completion',
  'langfuse.observation.output',
  'mlflow.spanOutputs',
  'traceloop.entity.output',
  'output.value',
]

/** The query as it stands. */
const queryKeys = [
  'gen_ai.retrieval.query.text',
  'gen_ai.retrieval.query',
  'reranker.query',
  'ai.value',
]

/** The query, or an input that has it. */
const inputKeys = [
  'gen_ai.prompt',
  'langfuse.observation.input',
  'mlflow.spanInputs',
  'traceloop.entity.input',
  'input.value',
]

const places: readonly ReadPlace[] = [
  (span) => inAttribute(span, 'gen_ai.retrieval.documents'),
  (span) => inIndexed(span, 'retrieval.documents'),
  (span) => inIndexed(span, 'reranker.output_documents'),
  ranked,
  inEvents,
  ...outputKeys.map(
    (key): ReadPlace =>
      (span) =>
        inAttribute(span, key),
  ),
]

const keys = new ContentKeys([
  'gen_ai.retrieval.documents',
  'ai.ranking',
  'ai.documents',
  ...outputKeys,
  ...queryKeys,
  ...inputKeys,
])

function inAttribute(span: SpanView, key: string): DocumentList {
  return listed(keys.decode(span, key), 'attribute')
}

function inIndexed(span: SpanView, prefix: string): DocumentList {
  return listed(unflatten(span, prefix), 'flattened')
}

function listed({ value, truncated }: Decoded, source: ContentSource): DocumentList {
  return { documents: documentsIn(value), truncated, source }
}

/** The AI SDK gives the order of a reranking, and the documents in the order that they came in. */
function ranked(span: SpanView): DocumentList {
  const ranking = keys.decode(span, 'ai.ranking')
  const all = keys.decode(span, 'ai.documents')
  const given = isList(all.value) ? all.value.map(unquoted) : []
  const entries = isList(ranking.value) ? ranking.value.filter(isObject) : []
  const documents = entries
    .map((entry) => rankedDocument(entry, given))
    .filter((document) => document.id !== undefined || document.content !== undefined)
  return { documents, truncated: ranking.truncated || all.truncated, source: 'attribute' }
}

/** Each element is JSON, a text too. */
function unquoted(element: Json): Json {
  return typeof element === 'string' ? (decodeText(element).value ?? element) : element
}

/** What came in may be data of any form; its place is its id. */
function rankedDocument(entry: JsonObject, given: readonly Json[]): RetrievedDocument {
  const place = firstOf(entry.originalIndex, entry.index)
  const element = firstOf(entry.document, typeof place === 'number' ? given[place] : undefined)
  const known = element === undefined ? undefined : documentOf(element)
  return {
    id: known?.id ?? textOf(place),
    content: known?.content ?? (isObject(element) ? JSON.stringify(element) : undefined),
    score: scoreOf(firstOf(entry.score, entry.relevanceScore)),
    metadata: known?.metadata,
  }
}

/** OpenLLMetry writes an event for each document of a vector database. */
function inEvents(span: SpanView): DocumentList {
  const documents: RetrievedDocument[] = []
  let truncated = false
  span.forEachEvent((event) => {
    const name = event.name()
    if (!documentEvents.includes(name)) return
    const found = documentIn(event, name)
    truncated ||= found.truncated
    for (const document of found.documents) documents.push(document)
  })
  return { documents, truncated, source: 'span_event' }
}

const documentEvents = ['db.query.result', 'db.search.result']

const eventFields = ['id', 'score', 'distance', 'metadata', 'document', 'entity']

const eventKeys = new ContentKeys(
  documentEvents.flatMap((name) => eventFields.map((field) => `${name}.${field}`)),
)

function documentIn(event: EventView, name: string): DocumentList {
  const element = newObject()
  let truncated = false
  for (const field of eventFields) {
    const found = eventKeys.plain(event, `${name}.${field}`)
    truncated ||= found.truncated
    if (found.value !== undefined) element[field] = found.value
  }
  if (element.entity !== undefined) element.document ??= element.entity
  const document = documentOf(element)
  return { documents: document === undefined ? [] : [document], truncated, source: 'span_event' }
}

const queryFields = ['query', 'question', 'input', 'search_query', 'queryText', 'text']

function firstQuery(inputs: readonly Decoded[]): string | undefined {
  return inputs.map(({ value }) => queryIn(value)).find((query) => query !== undefined)
}

function queryIn(value: Json | undefined): string | undefined {
  if (!isObject(value)) return typeof value === 'string' ? value : undefined
  const text = textOf(firstOf(...queryFields.map((field) => value[field])))
  return text === undefined || isWithheld(text) ? undefined : text
}
