import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readVerdictEvent, readVerdicts } from './evaluations.ts'
import type { Operation } from './operation.ts'
import { readSpan, type SpanSpec, signalSources, traceId } from './signals.fixture.ts'
import type { VerdictPart } from './span-record.ts'
import { defaultVerdictRules } from './verdict-polarity.ts'

function verdictsOf(spec: SpanSpec, operation: Operation = 'other'): readonly VerdictPart[] {
  return readSpan(spec, (span, values) =>
    readVerdicts(
      span,
      values,
      signalSources,
      { operation, name: span.name() },
      defaultVerdictRules,
    ),
  )
}

function verdictsOfEvents(events: SpanSpec['events']): (VerdictPart | undefined)[] {
  const verdicts: (VerdictPart | undefined)[] = []
  readSpan({ events: events ?? [] }, (span) =>
    span.forEachEvent((event) =>
      verdicts.push(readVerdictEvent(event.name(), event, defaultVerdictRules)),
    ),
  )
  return verdicts
}

const target = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'a1a1a1a1a1a1a1a1' }

test('5.25 an evaluator span of OpenInference judges the span that it links to', () => {
  const span = {
    name: 'hallucination eval',
    attributes: {
      'openinference.span.kind': 'EVALUATOR',
      'evaluations.0.evaluation.name': 'hallucination',
      'evaluations.0.evaluation.label': 'hallucinated',
      'evaluations.0.evaluation.score': 1,
      'evaluations.0.evaluation.annotator_kind': 'LLM',
      'evaluations.0.evaluation.identifier': 'judge-v2',
    },
    links: [target],
  }
  expect(verdictsOf(span, 'evaluator')).toEqual([
    {
      name: 'hallucination',
      score: 1,
      label: 'hallucinated',
      isPassed: false,
      confidence: undefined,
      annotator: 'llm',
      evaluator: 'judge-v2',
      evaluatorVersion: undefined,
      responseId: undefined,
      scope: 'span',
      errorType: undefined,
      ...target,
    },
  ])
})

test('a span has many verdicts, each with its own scope, and without a link they are about itself', () => {
  const verdicts = verdictsOf({
    attributes: {
      'annotations.0.annotation.name': 'thumbs',
      'annotations.0.annotation.score': '0',
      'annotations.0.annotation.annotator_kind': 'HUMAN',
      'trace.evaluations.0.evaluation.name': 'correctness',
      'trace.evaluations.0.evaluation.label': 'correct',
      'session.annotations.7.annotation.name': 'toxicity',
      'session.annotations.7.annotation.score': 0.1,
    },
  })
  expect(verdicts.map((it) => [it.name, it.scope, it.isPassed, it.annotator, it.spanId])).toEqual([
    ['thumbs', 'span', false, 'human', ''],
    ['correctness', 'trace', true, undefined, ''],
    ['toxicity', 'session', true, undefined, ''],
  ])
})

test('of several links none is the target', () => {
  const attributes = { 'evaluations.0.evaluation.name': 'correctness' }
  const [verdict] = verdictsOf({ attributes, links: [target, target] })
  expect(verdict).toMatchObject({ traceId: '', spanId: '', isPassed: undefined })
})

test('numbered verdicts that do not begin at 0 are found on the span of an evaluator', () => {
  const attributes = { 'evaluations.3.evaluation.name': 'x', 'evaluations.3.evaluation.score': 1 }
  expect(verdictsOf({ attributes }, 'evaluator')).toHaveLength(1)
  expect(verdictsOf({ attributes }, 'chat')).toEqual([])
})

test('a verdict of the conventions stands on the span itself', () => {
  const attributes = {
    'gen_ai.evaluation.name': 'relevance',
    'gen_ai.evaluation.score.value': 0.9,
    'gen_ai.evaluation.explanation': 'a long text',
    'gen_ai.response.id': 'resp_1',
  }
  const [verdict] = verdictsOf({ attributes }, 'chat')
  expect(verdict).toMatchObject({
    name: 'relevance',
    score: 0.9,
    isPassed: true,
    responseId: 'resp_1',
    spanId: '',
  })
  expect(JSON.stringify(verdict)).not.toContain('a long text')
})

test('an evaluator that failed has not judged', () => {
  const attributes = {
    'gen_ai.evaluation.name': 'relevance',
    'gen_ai.evaluation.score.value': 1,
    'error.type': 'timeout',
  }
  expect(verdictsOf({ attributes })[0]).toMatchObject({ isPassed: undefined, errorType: 'timeout' })
})

test('the event of a span judges the span', () => {
  const events = [
    {
      name: 'gen_ai.evaluation.result',
      attributes: {
        'gen_ai.evaluation.name': 'task_completion',
        'gen_ai.evaluation.score.label': 'fail',
      },
    },
    { name: 'exception', attributes: { 'gen_ai.evaluation.name': 'no event of a verdict' } },
  ]
  const [verdict, nothing] = verdictsOfEvents(events)
  expect(verdict).toMatchObject({ name: 'task_completion', isPassed: false, spanId: '' })
  expect(nothing).toBeUndefined()
})

test.each([
  [{ 'guard.denied': true, 'guard.score': 0.9 }, false],
  [{ 'guard.denied': false, 'guard.score': 0.1 }, true],
  [{ 'guard.action': 'allow', 'guard.score': 0.9 }, true],
  [{ 'guard.action': 'redact' }, false],
  [{ 'guard.verdict': 'yes' }, false],
  [{ 'guard.verdict': 'no' }, true],
  [{ 'guard.score': 0.9 }, false],
  [{ 'guard.score': 0.2 }, true],
  [{}, undefined],
])('a guard of OpenLIT that says %j passes: %s', (attributes, isPassed) => {
  const name = 'guard.evaluation'
  const [verdict] = verdictsOfEvents([{ name, attributes: { 'guard.name': 'pii', ...attributes } }])
  expect(verdict).toMatchObject({ name: 'pii', isPassed })
})

test.each([
  [0.1, { score: 0.1, label: undefined, isPassed: false }],
  ['good', { score: undefined, label: 'good', isPassed: true }],
  [true, { score: 1, label: 'pass', isPassed: true }],
  [false, { score: 0, label: 'fail', isPassed: false }],
])('feedback of Logfire with the value %j is about the parent', (value, expected) => {
  const attributes = {
    'logfire.span_type': 'annotation',
    'logfire.feedback.name': 'factuality',
    factuality: value,
    'logfire.feedback.comment': 'the agent lied',
  }
  const parentSpanId = 'c1c1c1c1c1c1c1c1'
  const [verdict, ...more] = verdictsOf({ scope: 'logfire.feedback', attributes, parentSpanId })
  expect(verdict).toMatchObject({
    name: 'factuality',
    annotator: 'human',
    traceId,
    spanId: parentSpanId,
    ...expected,
  })
  expect(more).toEqual([])
  expect(JSON.stringify(verdict)).not.toContain('lied')
})

test('a case of pydantic-evals has assertions, scores and labels', () => {
  const attributes = {
    assertions: '{"IsInstance":{"name":"IsInstance","value":true,"reason":null}}',
    scores: '{"similarity":{"name":"similarity","value":0.3}}',
    labels: '{"mood":{"name":"mood","value":"sad"}}',
  }
  const verdicts = verdictsOf({ name: 'case: simple', attributes })
  expect(verdicts.map((it) => [it.name, it.score, it.label, it.isPassed])).toEqual([
    ['IsInstance', 1, 'pass', true],
    ['similarity', 0.3, undefined, false],
    ['mood', undefined, 'sad', undefined],
  ])
  expect(verdictsOf({ name: 'order: simple', attributes })).toEqual([])
})

test('a span without a mark has no verdicts', () => {
  expect(verdictsOf({ attributes: { evaluation: 'good', scores: '{}' } }, 'chat')).toEqual([])
})

test('prose is no label, and a name has an end', () => {
  const [verdict] = verdictsOf({
    attributes: {
      'gen_ai.evaluation.name': 'n'.repeat(3_000),
      'gen_ai.evaluation.score.label': 'The answer is wrong because it says that '.repeat(5),
      'gen_ai.evaluation.score.value': 0.2,
    },
  })
  expect(verdict).toMatchObject({ name: 'n'.repeat(256), label: undefined, isPassed: false })
})

test('hostile verdicts are bounded', () => {
  const many = Object.fromEntries(
    Array.from({ length: 500 }, (_, at) => [`evaluations.${at}.evaluation.name`, `e${at}`]),
  )
  expect(verdictsOf({ attributes: many }, 'evaluator')).toHaveLength(64)
  const hostile = {
    'evaluations.99999999.evaluation.name': 'too far',
    'evaluations.-1.evaluation.name': 'before the first',
    'evaluations.0.annotation.name': 'two words',
    'evaluations.0.evaluation.__proto__': 'x',
    'evaluations.0.evaluation.score': Number.NaN,
    'evaluations.0.evaluation.name': '__proto__',
  }
  expect(verdictsOf({ attributes: hostile }, 'evaluator')).toMatchObject([
    { name: '__proto__', score: undefined, isPassed: undefined },
  ])
  const deep = { assertions: '['.repeat(50_000), scores: 'x'.repeat(300_000), labels: '[1,2]' }
  expect(verdictsOf({ name: 'case: deep', attributes: deep })).toEqual([])
})

test('whatever stands in the attributes, reading them ends with verdicts', () => {
  const key = fc.constantFrom(
    'gen_ai.evaluation.name',
    'gen_ai.evaluation.score.value',
    'gen_ai.evaluation.evaluator.source',
    'evaluations.0.evaluation.name',
    'evaluations.0.evaluation.label',
    'logfire.feedback.name',
    'assertions',
    '__proto__',
  )
  const value = fc.oneof(fc.string(), fc.json(), fc.integer(), fc.boolean(), fc.constant([['x']]))
  fc.assert(
    fc.property(fc.dictionary(key, value), fc.boolean(), (attributes, isCase) => {
      const name = isCase ? 'case: any' : 'any'
      for (const verdict of verdictsOf({ name, attributes }, 'evaluator')) {
        expect(verdict.name).not.toBe('')
      }
    }),
  )
})
