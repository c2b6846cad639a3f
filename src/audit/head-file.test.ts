import { expect, test } from 'vitest'
import { SimulatedFileSystem } from '../storage/simulated-file-system.ts'
import { genesis } from './entry.ts'
import { HeadFile, readHead } from './head-file.ts'
import { contents, directory, diskWith } from './log.fixture.ts'

const headAt = (seq: number) => ({ seq, hash: genesis })

async function noted(files: SimulatedFileSystem, seqs: readonly number[]): Promise<void> {
  const head = new HeadFile(files, directory, await readHead(files, directory), (cause) => {
    throw cause
  })
  for (const seq of seqs) {
    head.note(headAt(seq))
    await head.settled()
  }
  await head.close()
}

test('the newest head comes back, from whichever slot', async () => {
  const files = new SimulatedFileSystem()
  await files.makeDirectory(directory)
  expect(await readHead(files, directory)).toEqual({ kind: 'missing' })
  for (const [at, seqs] of [[-1], [3, 4], [5], [6, 8, 9]].entries()) {
    await noted(files, seqs)
    expect(await readHead(files, directory), `after ${at}`).toMatchObject({
      kind: 'head',
      head: headAt(seqs.at(-1) ?? 0),
    })
  }
})

test('whichever byte is damaged, the head is the newest or the one before', async () => {
  const files = new SimulatedFileSystem()
  await files.makeDirectory(directory)
  await noted(files, [1, 2, 3, 4])
  const bytes = (await contents(files)).get('head') ?? Buffer.alloc(0)
  const found = new Set<number>()
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes)
    damaged[at] = 0
    const read = await readHead(await diskWith(new Map([['head', damaged]])), directory)
    found.add(read.kind === 'head' ? read.head.seq : -1)
  }
  expect([...found].toSorted()).toEqual([3, 4])
})
