import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aSpan } from './content.fixture.ts'
import { type RetrievedDocument, retrievalQuery, retrievedDocuments } from './documents.ts'

test('documents of the conventions are ids and scores', () => {
  const span = aSpan({
    'gen_ai.retrieval.query.text': 'capital of Italy',
    'gen_ai.retrieval.documents': '[{"id":"d1","score":0.9},{"id":2,"score":"0.5"}]',
  })
  expect(retrievalQuery(span)).toBe('capital of Italy')
  expect(retrievedDocuments(span)).toEqual({
    documents: [aDocument({ id: 'd1', score: 0.9 }), aDocument({ id: '2', score: 0.5 })],
    truncated: false,
    source: 'attribute',
  })
})

test('documents of OpenInference are flattened, their metadata JSON', () => {
  const span = aSpan({
    'input.value': 'capital of Italy',
    'retrieval.documents.3.document.id': 'b',
    'retrieval.documents.3.document.content': 'Oslo is …',
    'retrieval.documents.0.document.content': 'Rome is …',
    'retrieval.documents.0.document.score': 0.75,
    'retrieval.documents.0.document.metadata': '{"source":"a.md"}',
  })
  expect(retrievalQuery(span)).toBe('capital of Italy')
  expect(retrievedDocuments(span)).toEqual({
    documents: [
      aDocument({ content: 'Rome is …', score: 0.75, metadata: { source: 'a.md' } }),
      aDocument({ id: 'b', content: 'Oslo is …' }),
    ],
    truncated: false,
    source: 'flattened',
  })
})

test('a reranker of OpenInference gives what it put out', () => {
  const span = aSpan({
    'reranker.query': 'capital',
    'reranker.input_documents.0.document.content': 'in',
    'reranker.output_documents.0.document.content': 'out',
    'reranker.output_documents.0.document.score': 0.5,
  })
  expect(retrievalQuery(span)).toBe('capital')
  expect(retrievedDocuments(span).documents).toEqual([aDocument({ content: 'out', score: 0.5 })])
})

test('OpenLLMetry writes one event for each document', () => {
  const span = aSpan({ 'db.system': 'chroma' }, [
    { name: 'db.query.embeddings', attributes: { 'db.query.embeddings.vector': '[0.1]' } },
    {
      name: 'db.query.result',
      attributes: {
        'db.query.result.id': 'd1',
        'db.query.result.distance': 0.25,
        'db.query.result.document': 'Rome is …',
        'db.query.result.metadata': "{'source': 'a.md'}",
      },
    },
    {
      name: 'db.search.result',
      attributes: { 'db.search.result.id': 'd2', 'db.search.result.entity': 'Oslo is …' },
    },
  ])
  expect(retrievedDocuments(span)).toEqual({
    documents: [
      aDocument({ id: 'd1', content: 'Rome is …', score: 0.25, metadata: { source: 'a.md' } }),
      aDocument({ id: 'd2', content: 'Oslo is …' }),
    ],
    truncated: false,
    source: 'span_event',
  })
})

test('the AI SDK gives an order of the documents that it was given', () => {
  const span = aSpan({
    'ai.documents': ['"sunny"', '"rainy"', '{"text":"snowy"}'],
    'ai.ranking': ['{"originalIndex":2,"score":0.9}', '{"originalIndex":0,"score":0.4}'],
  })
  expect(retrievedDocuments(span).documents).toEqual([
    aDocument({ id: '2', content: 'snowy', score: 0.9 }),
    aDocument({ id: '0', content: 'sunny', score: 0.4 }),
  ])
})

test.each([
  [
    'mlflow.spanOutputs',
    '[{"page_content":"Rome","metadata":{"doc_uri":"a"}}]',
    { metadata: { doc_uri: 'a' } },
  ],
  ['langfuse.observation.output', '[{"content":"Rome","score":1}]', { score: 1 }],
  ['output.value', '["Rome"]', {}],
  ['output.value', '{"documents":[{"text":"Rome","id":"x"}]}', { id: 'x' }],
  ['output.value', '{"documents":[{"lc":1,"id":["d"],"kwargs":{"page_content":"Rome"}}]}', {}],
  [
    'output.value',
    '{"retrievalResults":[{"content":{"text":"Rome"},"score":0.1}]}',
    { score: 0.1 },
  ],
  [
    'traceloop.entity.output',
    '[{"node":{"id_":"n","text":"Rome"},"score":0.2}]',
    { id: 'n', score: 0.2 },
  ],
])('%s: what frameworks return is documents', (key, value, known) => {
  expect(retrievedDocuments(aSpan({ [key]: value })).documents).toEqual([
    aDocument({ content: 'Rome', ...known }),
  ])
})

test.each([
  ['gen_ai.retrieval.query', 'capital'],
  ['gen_ai.prompt', '{"query":"capital"}'],
  ['langfuse.observation.input', '"capital"'],
  ['mlflow.spanInputs', '{"question":"capital"}'],
  ['ai.value', 'capital'],
])('%s has the query', (key, value) => {
  expect(retrievalQuery(aSpan({ [key]: value }))).toBe('capital')
})

test('a query that begins like JSON is the query', () => {
  const query = '["exact phrase"] site'
  expect(retrievalQuery(aSpan({ 'gen_ai.retrieval.query.text': query }))).toBe(query)
  expect(retrievalQuery(aSpan({ 'gen_ai.retrieval.query.text': '[1]' }))).toBe('[1]')
})

test('withheld content leaves the id, and a document with neither is none', () => {
  const span = aSpan({
    'gen_ai.retrieval.documents': '[{"id":"a","content":"<REDACTED>"},{"score":1},7]',
  })
  expect(retrievedDocuments(span).documents).toEqual([aDocument({ id: 'a' })])
})

test('documents that were cut off are unknown, not none', () => {
  const span = aSpan({ 'gen_ai.retrieval.documents': '[{"id":"d1","sc' })
  expect(retrievedDocuments(span)).toEqual({ documents: [], truncated: true, source: 'attribute' })
})

test('whatever a span holds, documents are well-formed', () => {
  const field = fc.constantFrom(
    'id',
    'content',
    'text',
    'score',
    'document',
    'documents',
    'node',
    'metadata',
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.oneof(fc.string(), fc.double(), fc.constant(null)),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(field, tie('tree'), { maxKeys: 4 }),
    ),
  }))
  const key = fc.constantFrom(
    'gen_ai.retrieval.documents',
    'ai.ranking',
    'output.value',
    'input.value',
  )
  fc.assert(
    fc.property(fc.dictionary(key, tree), (attributes) => {
      const span = aSpan(
        Object.fromEntries(
          Object.entries(attributes).map(([it, value]) => [it, JSON.stringify(value)]),
        ),
      )
      expect(['string', 'undefined']).toContain(typeof retrievalQuery(span))
      for (const { id, content, score } of retrievedDocuments(span).documents) {
        expect(id !== undefined || content !== undefined).toBe(true)
        expect(score === undefined || Number.isFinite(score)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})

function aDocument(known: Partial<RetrievedDocument>): RetrievedDocument {
  return { id: undefined, content: undefined, score: undefined, metadata: undefined, ...known }
}
