import { aLog, aRecord, bytesOf, directory, replace } from '../log.fixture.ts'
import { SimulatedFileSystem } from '../simulated-file-system.ts'

/** Texts of one length, no two the same. */
export function textsOf({ records, bytes }: { records: number; bytes: number }): string[] {
  return Array.from({ length: records }, (_, at) => `${at} `.padEnd(bytes, `text ${at} `))
}

/** The file of a segment that holds them, and where it lies. */
export async function aSegmentOf(texts: readonly string[]) {
  const files = new SimulatedFileSystem()
  const log = await aLog(files, { segmentBytes: 2 ** 26, maxBytes: 2 ** 28 })
  for (const it of texts) await log.append(aRecord(it))
  const [name = ''] = await files.readDirectory(directory)
  const path = `${directory}/${name}`
  return { path, content: await bytesOf(files, path) }
}

export async function aDiskWith(path: string, content: Uint8Array): Promise<SimulatedFileSystem> {
  const files = new SimulatedFileSystem()
  await files.makeDirectory(directory)
  await replace(files, path, content)
  return files
}
