import { test } from 'vitest'
import { sufferDestination, wrongs } from './bad-destinations.ts'
import { sufferSilentClients, sufferVanishedDestination } from './half-open.ts'

test.each(wrongs)(
  'F10: a destination that %s costs no other, no memory and no data',
  async (...wrong) => {
    await sufferDestination(wrong, { requests: 512, attemptMs: 1_000 })
  },
)

test('F11: clients that say nothing more are cut off, wherever they stop', sufferSilentClients)

test(
  'F11: destinations that vanish are noticed, and have everything once they are back',
  sufferVanishedDestination,
)
