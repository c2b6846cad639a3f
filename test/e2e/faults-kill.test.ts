import { test } from 'vitest'
import { surviveKills } from '../faults/kills.ts'
import { smallFormMs } from '../faults/scratch.ts'

test('F1: five kills under load change no counter and lose nothing', {
  timeout: smallFormMs,
}, async () => {
  await surviveKills({
    kills: 5,
    clients: 4,
    protocols: ['http'],
    requestsBetween: 40,
    longestLifeMs: 2_000,
    seed: 1,
  })
})
