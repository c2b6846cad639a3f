import { expect, test } from 'vitest'
import { DeadLetters } from './dead-letters.ts'
import { directory, StillClock } from './log.fixture.ts'
import { SimulatedFileSystem } from './simulated-file-system.ts'

test('a dead letter stays with its reason, through a restart, until it is dropped', async () => {
  const options = {
    files: new SimulatedFileSystem(),
    directory,
    clock: new StillClock(),
    salt: () => 5,
    sync: { kind: 'always' },
    segmentBytes: 1000,
    maxBytes: 10_000,
  } as const
  const letters = await DeadLetters.open(options)
  for (const text of ['one', 'two']) {
    await letters.keep({
      reason: `HTTP 400: ${text} ✗`,
      payload: Buffer.from(text),
      receivedMs: 5,
      items: 2,
    })
  }
  letters.drop(1)
  await letters.log.close()

  const again = await DeadLetters.open(options)
  const found = []
  for await (const it of again.list()) found.push(it)
  expect(found).toMatchObject([
    { sequence: 2, reason: 'HTTP 400: two ✗', items: 2, payload: Buffer.from('two') },
  ])
  await again.log.close()
})
