import { test } from 'vitest'
import { drainBacklog } from '../faults/backlog.ts'
import { forgetText, keepNoText } from '../faults/canary.ts'
import { fillTheDisk } from '../faults/full-disk.ts'
import { countOnce } from '../faults/repeats.ts'
import { smallFormMs } from '../faults/scratch.ts'
import { needsSmallVolume } from '../support/small-volume.ts'

const mib = 2 ** 20
const timeout = smallFormMs

test('F14: a request that comes again, at once, later or after a kill, is counted once', {
  timeout,
}, async () => {
  await countOnce({ requests: 20, keep: 'requests' })
})

test('F14: the same where state alone is kept', { timeout }, async () => {
  await countOnce({ requests: 20, keep: 'state' })
})

test('backlog: 64 MB are served soon, in bounded memory, and drain while more comes', {
  timeout,
}, async () => {
  await drainBacklog({
    requests: 32,
    requestBytes: 2 * mib,
    answerMs: 10,
    growthBytes: 256 * mib,
  })
})

test('canary: with keep: state no text of a request is in the directory', { timeout }, keepNoText)

test(
  'canary: with keep: requests texts are gone once every destination has them',
  { timeout },
  forgetText,
)

needsSmallVolume()(
  'F5: a collector fills its volume, drains and takes more, without a restart',
  () => fillTheDisk(32),
  timeout,
)
