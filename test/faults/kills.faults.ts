import { test } from 'vitest'
import { surviveKills } from './kills.ts'

const whole = {
  clients: 6,
  protocols: ['http', 'grpc'],
  requestsBetween: 200,
  longestLifeMs: 2_500,
} as const

test('F1: 25 kills under load change no counter and lose nothing', async () => {
  await surviveKills({ ...whole, kills: 25, seed: 101 })
})

test('F1: the same where clients wait for every destination', async () => {
  await surviveKills({ ...whole, kills: 10, acknowledge: 'downstream', seed: 102 })
})

test('F1: the same where writes are synced now and then', async () => {
  await surviveKills({ ...whole, kills: 10, fsync: { interval: '50ms' }, seed: 103 })
})

test('F1: the same while the destination is dead', async () => {
  await surviveKills({ ...whole, kills: 10, isDead: true, seed: 104 })
})

test('F1: the same where it is asked to stop', async () => {
  await surviveKills({ ...whole, kills: 8, isOrderly: true, seed: 105 })
})
