import { describe, expect, test } from 'vitest'
import { flipEverywhere, flipSnapshotEverywhere } from '../../src/storage/testing/flip.fixture.ts'
import { truncateEverywhere } from '../../src/storage/testing/truncate.fixture.ts'
import { needsSmallVolume } from '../support/small-volume.ts'
import { drainBacklog } from './backlog.ts'
import { fillTheBudget, fillTheDisk } from './full-disk.ts'
import { countOnce } from './repeats.ts'

const mib = 2 ** 20
const volumeMs = 60_000

test('F3: the newest segment cut at every byte gives the exact prefix', async () => {
  expect(await truncateEverywhere({ records: 40, bytes: 200 })).toBe(40 * 240 + 1)
})

describe('F4: each byte flipped', () => {
  const size = { records: 20, bytes: 160 }

  test('of the newest segment loses the damaged record alone, counted and kept', async () => {
    expect(await flipEverywhere(size)).toBe(20 * 200)
  })

  test('of an older segment does so too', async () => {
    expect(await flipEverywhere({ ...size, isOld: true })).toBe(20 * 200)
  })

  test('of a snapshot falls back to the other slot', async () => {
    expect(await flipSnapshotEverywhere({ bytes: 8_000 })).toBeGreaterThan(8_000)
  })
})

needsSmallVolume()(
  'F5: a collector fills a volume of 64 MB, drains and takes more, without a restart',
  () => fillTheDisk(64),
  volumeMs,
)

test('F5: a collector fills what it may take of a disk, drains and takes more', async () => {
  await fillTheBudget(64)
})

test('F14: a request that comes again, at once, later or after a kill, is counted once', async () => {
  await countOnce({ requests: 1_000, keep: 'requests' })
})

test('F14: the same where state alone is kept', async () => {
  await countOnce({ requests: 1_000, keep: 'state' })
})

test('backlog: 1 GB is served within 5 s, in bounded memory, and drains while more comes', async () => {
  await drainBacklog({
    requests: 256,
    requestBytes: 4 * mib,
    answerMs: 20,
    growthBytes: 256 * mib,
  })
})
