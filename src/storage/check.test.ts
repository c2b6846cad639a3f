import { expect, test } from 'vitest'
import { checkLog } from './check.ts'
import { aLog, aRecord, bytesOf, directory, replace } from './log.fixture.ts'
import { SimulatedFileSystem } from './simulated-file-system.ts'

test('counts records, acknowledged and damaged ones, and bytes, for each segment', async () => {
  const files = new SimulatedFileSystem()
  const log = await aLog(files, { segmentBytes: 150 })
  for (const text of ['a', 'b', 'c', 'd', 'e']) await log.append(aRecord(text))
  log.acknowledge(2)
  await log.close()
  const [first = ''] = await files.readDirectory(directory)
  const bytes = await bytesOf(files, `${directory}/${first}`)
  bytes[40] = 0
  await replace(files, `${directory}/${first}`, bytes)

  expect(await checkLog(files, directory)).toMatchObject([
    { file: first, bytes: 123, records: 2, acknowledged: 1, damaged: 1 },
    { bytes: 82, records: 2, acknowledged: 0, damaged: 0 },
  ])
})
