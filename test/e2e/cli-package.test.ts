import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addresses, freeMetricsPort, nodeProcess, root, sendSpan } from './cli-process.ts'

/** The package as npm would publish it, unpacked beside the repository's dependencies. */
function installed(): { folder: string; files: string[] } {
  const stage = mkdtempSync(join(tmpdir(), 'agent-sre-package-'))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const build = [tsc, '-p', 'tsconfig.build.json', '--outDir', join(stage, 'dist')]
  execFileSync(process.execPath, build, { cwd: root })
  for (const file of ['package.json', 'collector.yaml', 'LICENSE', 'src', 'test', 'pipelines']) {
    cpSync(join(root, file), join(stage, file), { recursive: true })
  }
  const pack = ['pack', '--json', '--ignore-scripts', '--loglevel=error']
  const [packed] = JSON.parse(execFileSync('npm', pack, { cwd: stage, encoding: 'utf8' }))
  execFileSync('tar', ['-xzf', packed.filename], { cwd: stage })
  const folder = join(stage, 'package')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return { folder, files: packed.files.map((it: { path: string }) => it.path) }
}

test('the published package holds what a user needs, and runs', async () => {
  const { folder, files } = installed()
  const launcher = join(folder, 'dist', 'src', 'cli', 'launcher.js')

  expect(files.filter((it) => !it.startsWith('dist/')).toSorted()).toEqual([
    'LICENSE',
    'collector.yaml',
    'package.json',
  ])
  expect(files).toContain('dist/receivers/otlp/index.js')
  expect(files.filter((it) => /\.test\.|\.fixture\.|\/test(ing)?\/|\.ts$/.test(it))).toEqual([])

  const version = await nodeProcess(launcher, ['--version']).ended
  expect(version).toEqual({ code: 0, text: expect.stringMatching(/^agent-sre version \d/) })
  const collector = nodeProcess(launcher, [
    ...freeMetricsPort,
    '--config',
    join(folder, 'collector.yaml'),
    '--set=receivers.otlp.protocols.grpc.endpoint=127.0.0.1:0',
    '--set=receivers.otlp.protocols.http.endpoint=127.0.0.1:0',
    '--set=service.admin.endpoint=127.0.0.1:0',
    `--set=service.storage.directory=${join(folder, 'data')}`,
  ])
  expect((await sendSpan((await addresses(collector)).otlp)).status).toBe(200)
  collector.kill('SIGTERM')
  expect((await collector.ended).code).toBe(0)
})
