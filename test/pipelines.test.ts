import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readManifest } from '../src/cli/product.ts'
import { replayFolder } from '../src/cli/replay/folder.ts'
import { components, schemas } from '../src/components.ts'
import { recordingLog } from './support/settings.ts'

const pipelines = join(import.meta.dirname, '..', 'pipelines')
const product = { ...readManifest(), components, schemas }

test.for(readdirSync(pipelines))('pipelines/%s gives what it promises', async (name) => {
  const folder = join(pipelines, name)
  const log = recordingLog()
  const options = { config: [], set: [] }

  const replayed = await replayFolder(folder, options, product, { env: {} }, log)

  expect(replayed.captured).toEqual(replayed.expected)
  expect(replayed.answers.filter((it) => it.kind !== 'delivered')).toEqual([])
  expect(replayed.componentErrors).toBe(0)
  expect(log.lines.filter((it) => it.level !== 'info')).toEqual([])
  await access(join(folder, 'README.md'))
})

test('a replay puts nothing on disk, whatever service.storage says', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'replay-'))
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }))
  const directory = join(parent, 'data')
  const folder = join(pipelines, 'durable_forward')
  const options = { config: [], set: [`service.storage.directory=${directory}`] }

  const replayed = await replayFolder(folder, options, product, { env: {} }, recordingLog())

  expect(replayed.captured).toHaveLength(3)
  expect(existsSync(directory)).toBe(false)
})
