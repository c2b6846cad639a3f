import assert from 'node:assert/strict'
import { aLog, aRecord, readTexts } from '../log.fixture.ts'
import { headerBytes } from '../record.ts'
import { aDiskWith, aSegmentOf, textsOf } from './one-segment.fixture.ts'

/**
 * Cuts the newest segment at every byte. Throws unless each start succeeds, gives the exact prefix
 * without calling it damage, and takes more.
 *
 * @param bytes of each payload
 * @returns the number of cuts
 */
export async function truncateEverywhere(its: {
  readonly records: number
  readonly bytes: number
}): Promise<number> {
  const texts = textsOf(its)
  const { path, content } = await aSegmentOf(texts)
  for (let length = 0; length <= content.length; length++) {
    const log = await aLog(await aDiskWith(path, content.subarray(0, length)))
    const whole = Math.floor(length / (headerBytes + its.bytes))
    assert.deepEqual(await readTexts(log), texts.slice(0, whole), `cut at ${length}`)
    assert.equal(log.status().damagedRecords, 0, `cut at ${length}`)
    assert.equal((await log.append(aRecord('more'))).kind, 'appended', `cut at ${length}`)
    await log.close()
  }
  return content.length + 1
}
