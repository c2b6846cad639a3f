import { parsedText } from './decode.ts'
import { at, firstOf, isList, isObject, type Json, type JsonObject, textOf } from './json.ts'
import { isWithheld } from './withheld.ts'

/** Something that a search gave. */
export interface RetrievedDocument {
  readonly id: string | undefined
  /** `undefined` where only ids were captured, which is the default of the conventions. */
  readonly content: string | undefined
  /** In the sender's scale: a similarity, a distance or the score of a reranker. */
  readonly score: number | undefined
  readonly metadata: Json | undefined
}

/** The documents in a list, or in what a framework returns around one. */
export function documentsIn(value: Json | undefined): readonly RetrievedDocument[] {
  return elementsIn(value)
    .map(documentOf)
    .filter((document) => document !== undefined)
}

/** One document, whoever spells its fields; `undefined` when it has neither id nor content. */
export function documentOf(element: Json): RetrievedDocument | undefined {
  const it = fieldsOf(element)
  if (it === undefined) return undefined
  const metadata = typeof it.metadata === 'string' ? parsedText(it.metadata) : it.metadata
  const known: RetrievedDocument = {
    id: textOf(firstOf(it.id, it.document_id, it.documentId, it._id, it.id_)),
    content: contentOf(it),
    score: scoreOf(firstOf(it.score, it.relevance_score, it.relevanceScore, it.distance)),
    metadata,
  }
  return known.id === undefined && known.content === undefined ? undefined : known
}

function elementsIn(value: Json | undefined): readonly Json[] {
  if (isList(value)) return value.length === 1 && isList(value[0]) ? value[0] : value
  if (!isObject(value)) return []
  const list = firstOf(value.documents, value.results, value.retrievalResults, value.matches)
  return isList(list) ? list : []
}

/** OpenInference has `document` around each, LangChain `kwargs`, LlamaIndex `node`. */
function fieldsOf(element: Json): JsonObject | undefined {
  if (typeof element === 'string') return { content: element }
  if (!isObject(element)) return undefined
  const { document, kwargs, node } = element
  if (isObject(document)) return { ...element, ...document }
  if (isObject(kwargs)) return kwargs
  return isObject(node) ? { ...element, ...node } : element
}

function contentOf(it: JsonObject): string | undefined {
  const content = firstOf(it.content, it.page_content, it.pageContent, it.text, it.document)
  const text = textOf(isObject(content) ? at(content, 'text') : content)
  return text === undefined || isWithheld(text) ? undefined : text
}

export function scoreOf(value: Json | undefined): number | undefined {
  const score = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof score === 'number' && Number.isFinite(score) ? score : undefined
}
