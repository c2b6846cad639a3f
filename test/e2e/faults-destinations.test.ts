import { test } from 'vitest'
import { sufferDestination, wrongs } from '../faults/bad-destinations.ts'
import { sufferSilentClients, sufferVanishedDestination } from '../faults/half-open.ts'
import { smallFormMs } from '../faults/scratch.ts'

const timeout = smallFormMs

test.each(wrongs)(
  'F10: a destination that %s costs no other, no memory and no data',
  {
    timeout,
  },
  async (...wrong) => {
    await sufferDestination(wrong, { requests: 32, attemptMs: 300 })
  },
)

test(
  'F11: clients that say nothing more are cut off, wherever they stop',
  {
    timeout,
  },
  sufferSilentClients,
)

test(
  'F11: destinations that vanish are noticed, and have everything once they are back',
  {
    timeout,
  },
  sufferVanishedDestination,
)
