import { z } from 'zod'
import { defineProcessor } from '../../src/component/factory.ts'
import { foldBatches } from '../../src/component/fold-facts.ts'
import { compileMatcher } from '../../src/pdata/attributes.ts'
import { forEachSpan, type SpanView } from '../../src/pdata/spans.ts'

/** Attributes of what the processor adds up. */
export const tokensKey = 'test.tokens'
export const nanoUsdKey = 'test.nano_usd'

const wanted = compileMatcher([tokensKey, nanoUsdKey])

/** Sums over what was folded; money is exact, as text. */
export const counted = z.object({ spans: z.int(), tokens: z.int(), nanoUsd: z.string() })

export const countSpansStatus = z.object({
  /** Every span once, however often it came. */
  unique: counted,
  /** Every span that was folded: nothing but repeated requests is left out. */
  folded: counted,
})

export type Counted = z.output<typeof counted>

/** Counts spans, and adds up their tokens and nano-USD, exactly: a stand-in for what bills. */
export const countSpans = defineProcessor({
  type: 'count_spans',
  config: z.strictObject({}),
  kinds: ['traces'],
  create(_config, { state, status }) {
    const known = state.spans('known')
    const counts = state.counts('counts')
    const money = state.money('money')

    const add = (to: string, tokens: number, nanoUsd: bigint) => {
      counts.add(`${to} spans`)
      counts.add(`${to} tokens`, tokens)
      money.add(to, nanoUsd)
    }
    const count = (span: SpanView, atMs: number) => {
      const values = span.attributes(wanted)
      const tokens = values.number(0) ?? 0
      const nanoUsd = values.get(1)?.asBigInt() ?? 0n
      add('folded', tokens, nanoUsd)
      if (!known.seen(span.traceId(), span.spanId(), atMs)) add('unique', tokens, nanoUsd)
    }
    const sums = (of: string): Counted => ({
      spans: counts.get(`${of} spans`),
      tokens: counts.get(`${of} tokens`),
      nanoUsd: String(money.get(of)),
    })
    status(() => ({ unique: sums('unique'), folded: sums('folded') }))

    return foldBatches({
      batch(batch, { atMs }) {
        if (batch.kind === 'traces') forEachSpan(batch.payload, (span) => count(span, atMs))
        return undefined
      },
    })
  },
})
