import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fact, LlmCall } from '../../src/facts/fact.ts'
import { RunningGenai } from './running.fixture.ts'
import { beginMs, requestOf, someTraces, type WrittenSpan } from './traces.fixture.ts'

const secondMs = 1_000
const arrivalMs = beginMs + 5 * secondMs
/** Every trace has settled by then, and is forgotten. */
const afterwardsMs = beginMs + 2 * 3_600 * secondMs

/** How the spans come: batches of indices, each a second after the one before. */
interface Delivery {
  readonly spans: readonly WrittenSpan[]
  readonly batches: readonly (readonly number[])[]
  /** Before which batches the process ends and starts again. */
  readonly restarts: readonly number[]
  /** Indices that come once more when everything has settled. */
  readonly late: readonly number[]
}

const delivery: fc.Arbitrary<Delivery> = someTraces.chain((spans) => {
  const all = spans.map((_, index) => index)
  const index = fc.nat(spans.length - 1)
  return fc
    .record({
      order: fc.shuffledSubarray(all, { minLength: all.length }),
      repeated: fc.array(index, { maxLength: 4 }),
      cuts: fc.array(index, { maxLength: 6 }),
      restarts: fc.array(fc.nat(8), { maxLength: 3 }),
      late: fc.array(index, { maxLength: 3 }),
    })
    .map(({ order, repeated, cuts, restarts, late }) => ({
      spans,
      batches: cutUp([...order, ...repeated], cuts),
      restarts,
      late,
    }))
})

function cutUp(order: readonly number[], cuts: readonly number[]): number[][] {
  const places = [0, ...cuts.toSorted((a, b) => a - b), order.length]
  return places.slice(1).map((to, at) => order.slice(places[at], to))
}

function delivered({ spans, batches, restarts, late }: Delivery): RunningGenai {
  const genai = new RunningGenai()
  const requestFor = (indices: readonly number[]) =>
    requestOf(indices.flatMap((index) => spans[index] ?? []))
  batches.forEach((indices, at) => {
    if (restarts.includes(at)) genai.restart()
    if (indices.length > 0) genai.send(requestFor(indices), arrivalMs + at * secondMs)
  })
  passOn(genai, arrivalMs)
  if (late.length > 0) genai.send(requestFor(late), arrivalMs + 200 * secondMs)
  passOn(genai, arrivalMs + 201 * secondMs)
  genai.pass(afterwardsMs)
  return genai
}

/** Time passes by the second, as the log's ticks have it. */
function passOn(genai: RunningGenai, fromMs: number): void {
  for (let atMs = fromMs; atMs < fromMs + 120 * secondMs; atMs += secondMs) genai.pass(atMs)
}

const atOnce = (spans: readonly WrittenSpan[]): Delivery => ({
  spans,
  batches: [spans.map((_, index) => index)],
  restarts: [],
  late: [],
})

/** Facts as they would be written down, in an order of their own. */
function written(facts: readonly Fact[]): readonly string[] {
  return facts.map((it) => JSON.stringify(it)).sort()
}

/** Without what says how often a fact was told. */
function plain(call: LlmCall): LlmCall {
  return { ...call, revision: 0, replaces: undefined }
}

test('any split, order and repetition of spans, across restarts, gives the same tasks', () => {
  fc.assert(
    fc.property(delivery, (it) => {
      const whole = delivered(atOnce(it.spans))
      expect(written(delivered(it).told('task'))).toEqual(written(whole.told('task')))
    }),
    { numRuns: 150 },
  )
})

test('any split, order and repetition of spans, across restarts, gives the same calls in the end', () => {
  fc.assert(
    fc.property(delivery, (it) => {
      const calls = (genai: RunningGenai) => written(genai.known('llm_call').map(plain))
      expect(calls(delivered(it))).toEqual(calls(delivered(atOnce(it.spans))))
    }),
    { numRuns: 150 },
  )
})

test('a ledger that books calls and takes back what they replace has what the last revisions have', () => {
  fc.assert(
    fc.property(delivery, (it) => {
      const genai = delivered(it)
      const booked = genai.told('llm_call').reduce((sum, call) => sum + change(call), 0)
      const known = genai.known('llm_call').reduce((sum, call) => sum + tokensOf(call), 0)
      expect(booked).toBe(known)
    }),
    { numRuns: 100 },
  )
})

test('tasks have the tokens of the counted calls that name them', () => {
  fc.assert(
    fc.property(delivery, (it) => {
      const genai = delivered(it)
      const calls = genai.known('llm_call')
      for (const task of genai.known('task')) {
        const own = calls.filter((call) => call.task === task.task)
        const tokens = own.reduce((sum, call) => sum + tokensOf(call), 0)
        expect(task.inputTokens + task.outputTokens).toBe(tokens)
      }
    }),
    { numRuns: 100 },
  )
})

function tokensOf(call: LlmCall | undefined): number {
  if (call === undefined || call.notCounted !== undefined) return 0
  return (call.usage?.inputTokens ?? 0) + (call.usage?.outputTokens ?? 0)
}

function change(call: LlmCall): number {
  return tokensOf(call) - tokensOf(call.replaces)
}
