import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { components, schemas } from '../../src/components.ts'
import { extensionSchemas } from '../../src/config/extensions.ts'
import { loadConfig } from '../../src/config/load.ts'
import { formatProblems } from '../../src/config/problem.ts'
import { service } from '../../src/config/service.ts'
import { hasOpenssl, selfSigned } from '../../src/net/client/certificates.fixture.ts'
import { built, graphOf } from '../conformance/building.ts'
import { configured, corpus, machine, services } from './corpus.ts'
import { unusedKeys } from './unused-keys.ts'

const sections = ['receivers', 'processors', 'exporters'] as const
/** Keys of `service` that are known only to be refused with a sentence. */
const refused = ['telemetry.metrics.address']

for (const { name, path, text } of corpus) {
  const needsCertificates = /CERT|PEM/.test(text)
  const declare = needsCertificates ? test.skipIf(!hasOpenssl()) : test
  declare(`${name} loads unchanged and gives an engine`, async () => {
    const env = { ...machine, ...(needsCertificates && certificates()) }
    const loaded = await loadConfig([path], [], schemas, env)
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems))
    const result = built(graphOf(loaded.config))
    if (!result.ok) throw new Error(result.problems.map((it) => it.message).join('\n'))

    const surprises = loaded.config.warnings
      .map((it) => `${it.path.join('.')} ${it.message}`)
      .filter((it) => !/is the old name of|has no effect/.test(it))
    expect(surprises).toEqual([])
  })
}

test('a health_check on the address of a pod answers probes there, and nothing else is there', async () => {
  const chart = corpus.filter(({ name }) => name === 'kubernetes-chart.yaml').map((it) => it.path)
  const loaded = await loadConfig(chart, [], schemas, machine)
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems))
  expect(loaded.config.service).toMatchObject({
    admin: { endpoint: { host: '127.0.0.1', port: 13_133 } },
    probes: { endpoint: { host: machine.MY_POD_IP, port: 13_133 }, path: '/' },
  })
})

test('every key of every component is used somewhere in the corpus', () => {
  const unused = sections.flatMap((section) =>
    components[section].flatMap(({ type, aliases = [], config }) =>
      unusedKeys(config, configured(section, [type, ...aliases])).map(
        (key) => `${section}.${type}.${key}`,
      ),
    ),
  )
  expect(unused).toEqual([])
})

test('every key of service and of the extensions is used somewhere in the corpus', () => {
  const unused = unusedKeys(service, services()).filter((it) => !refused.includes(it))
  expect(unused).toEqual([])
  for (const [type, schema] of Object.entries(extensionSchemas)) {
    expect(unusedKeys(schema, configured('extensions', [type]))).toEqual([])
  }
})

/** Certificates that can be read, in place of names alone. */
function certificates() {
  const { cert, key } = selfSigned('localhost')
  const directory = mkdtempSync(join(tmpdir(), 'corpus-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'ca.crt'), cert)
  writeFileSync(join(directory, 'tls.crt'), cert)
  writeFileSync(join(directory, 'tls.key'), key)
  return { CERT_DIR: directory, CA_PEM: cert, CERT_PEM: cert, KEY_PEM: key }
}
