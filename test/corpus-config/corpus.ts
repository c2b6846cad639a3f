import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** One file of the corpus. */
export interface CorpusFile {
  readonly name: string
  readonly path: string
  readonly text: string
  readonly yaml: unknown
}

const folder = import.meta.dirname

/** Configurations in the style of public ones for otelcol, as their authors would write them. */
export const corpus: readonly CorpusFile[] = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => {
    const path = join(folder, name)
    const text = readFileSync(path, 'utf8')
    return { name, path, text, yaml: parse(text) }
  })

/** What the authors' machines have in their environment. */
export const machine: Readonly<Record<string, string>> = {
  HOSTNAME: 'host-1',
  MY_POD_IP: '10.244.1.7',
  K8S_NODE_NAME: 'node-1',
  VENDOR_API_KEY: 'key',
  OTHER_CREDENTIALS: 'dXNlcjpwYXNz',
  THIRD_TOKEN: 'token',
  ADMIN_TOKEN: 'token',
  CERT_DIR: '/etc/otelcol/certs',
  CA_PEM: 'authority',
  CERT_PEM: 'certificate',
  KEY_PEM: 'key',
}

/** What is configured for each component of a type, by any of the type's names. */
export function configured(section: string, names: readonly string[]): unknown[] {
  return corpus.flatMap(({ yaml }) =>
    Object.entries(mapAt(mapAt(yaml)[section]))
      .filter(([id]) => names.includes(id.split('/')[0] ?? ''))
      .map(([, config]) => config),
  )
}

/** What a file says under `service`. */
export function services(): unknown[] {
  return corpus.map(({ yaml }) => mapAt(yaml).service)
}

/** A map's entries as they are; nothing for anything else. */
export function mapAt(value: unknown): Record<string, unknown> {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isMap ? { ...value } : {}
}
