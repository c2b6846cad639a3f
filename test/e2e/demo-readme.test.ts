import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { freeMetricsPort } from './cli-process.ts'
import { root, startNode } from './demo-process.ts'

test('the README shows the collector.yaml that runs', async () => {
  const [shown] = blocks('yaml', await read('README.md'))

  expect(parse(shown ?? '')).toEqual(parse(await read('collector.yaml')))
})

test('the span of the README is answered 200 and shown as the README says', async () => {
  const readme = await read('README.md')
  const curl = blocks('sh', readme).find((it) => it.startsWith('curl'))
  const body = curl?.match(/-d '([^']+)'/)?.[1]
  const shown = blocks('', readme).find((it) => it.startsWith('span'))
  await using collector = await startCollector()

  const response = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: body ?? '',
  })

  expect(response.status).toBe(200)
  expect(await collector.says(/^span/)).toBe(shown?.trim())
})

test('the configurations that the README and the demo bring are accepted', async () => {
  const own = blocks('yaml', await read('README.md')).filter((it) => it.startsWith('receivers'))
  expect(own).toHaveLength(2)

  for (const config of [...own.map((it) => `yaml:${it}`), 'examples/demo.yaml']) {
    const validate = startNode('src/main.ts', 'validate', '--config', config)
    expect(await validate.ended).toBe(0)
  }
})

/** The collector with the configuration that is shipped, on free ports. */
async function startCollector() {
  const data = await mkdtemp(join(tmpdir(), 'agent-sre-data-'))
  const protocols = ['http', 'grpc'].map((it) => `receivers.otlp.protocols.${it}.endpoint`)
  const settings = [...protocols, 'service.admin.endpoint']
    .flatMap((it) => ['--set', `${it}=127.0.0.1:0`])
    .concat(freeMetricsPort)
    .concat('--set', `service.storage.directory=${data}`)
  const child = startNode('src/main.ts', 'run', '--config', 'collector.yaml', ...settings)
  const listening = await child.says(/otlp listens on/)
  return {
    url: listening.match(/http:\S+/)?.[0],
    says: child.says,
    [Symbol.asyncDispose]: async () => {
      child.signal('SIGTERM')
      await child.ended
      await rm(data, { recursive: true })
    },
  }
}

function read(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8')
}

/** Code blocks of one language. */
function blocks(language: string, text: string): string[] {
  const found = text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)
  return [...found].filter(([, its]) => its === language).map(([, , block]) => block ?? '')
}
