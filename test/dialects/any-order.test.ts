import { expect, test } from 'vitest'
import { type Example, example, onlySpan, sent, spansOf } from './example.fixture.ts'
import { type Sent, understood } from './understood.fixture.ts'

const numbers = Array.from({ length: 29 }, (_, at) => at + 1)

test.for(numbers)('5.%i: events of the log may come before their spans', async (number) => {
  const requests = sent(example(number))
  const inOrder = await understood(...requests)
  const reversed = await understood(...requests.toReversed())
  expect(reversed.final).toEqual(inOrder.final)
})

test.for(numbers)('5.%i: spans may come one by one, the last first', async (number) => {
  const it = example(number)
  const together = await understood(...sent(it))
  const one = await understood(...oneByOne(it).toReversed(), ...sent({ logs: it.logs }))
  expect(one.final).toEqual(together.final)
})

test.for(numbers)('5.%i: a request that comes twice counts once', async (number) => {
  const requests = sent(example(number))
  const once = await understood(...requests)
  const twice = await understood(...requests, ...requests.map(later))
  expect(twice.final).toEqual(once.final)
})

function oneByOne(it: Example): Sent[] {
  return spansOf(it).map(({ spanId, parentSpanId }) => {
    return { body: onlySpan(it, spanId, parentSpanId) }
  })
}

function later({ body }: Sent): Sent {
  return { body, atMs: 62_000 }
}
