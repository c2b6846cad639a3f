import { createNoopMeter } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { delivered } from '../component/delivery.ts'
import { silentLog } from '../component/log.ts'
import { MemoryLedger } from '../component/memory.ts'
import { machineScheduler } from '../component/scheduler.ts'
import { Host, type Role } from '../pipeline/host.ts'
import { componentHealth } from './component-health.ts'

function host(role: Role): Host {
  const environment = {
    scheduler: machineScheduler,
    random: () => 0.5,
    log: () => silentLog,
    meter: createNoopMeter(),
    memory: new MemoryLedger(1_000),
  }
  return new Host('a', role, ['traces'], environment, {
    emit: () => Promise.resolve(delivered),
    result() {},
  })
}

test('a receiver starts until it says that it is ready, and stops once it is asked to', () => {
  const receiver = host('receiver')
  expect(componentHealth(receiver, undefined)).toBe('Starting')
  receiver.settings.started('http://127.0.0.1:4318')
  expect(componentHealth(receiver, undefined)).toBe('OK')
  receiver.drain()
  expect(componentHealth(receiver, undefined)).toBe('Stopping')
})

test.each([
  ['retrying', 'RecoverableError'],
  ['throttled', 'RecoverableError'],
  ['failing', 'RecoverableError'],
  ['refusing', 'RecoverableError'],
  ['ok', 'OK'],
])('a component that is %s is %s', (state, health) => {
  expect(componentHealth(host('exporter'), { state, queue: {} })).toBe(health)
})
