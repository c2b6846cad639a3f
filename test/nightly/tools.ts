import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Of the upstream collector; its stable modules count otherwise. */
export const upstreamVersion = '0.165.0'
const upstreamStableVersion = '1.71.0'
const telemetrygenVersion = '0.161.0'
export const pythonSdkVersion = '1.45.2'
/** Agents in Python, their instrumentations and what these send with. */
const pythonAgents = [
  `opentelemetry-sdk==${pythonSdkVersion}`,
  `opentelemetry-exporter-otlp-proto-http==${pythonSdkVersion}`,
  'openai==3.57.0',
  'anthropic==2.13.0',
  'openinference-instrumentation-openai==0.1.66',
  'openinference-instrumentation-anthropic==3.1.0',
  'opentelemetry-instrumentation-openai==0.62.4',
  'opentelemetry-instrumentation-anthropic==0.62.4',
  'pydantic-ai-slim[openai]==2.68.0',
]

/** Where built programs are kept from one run to the next. */
const cacheFolder =
  process.env.OTELCOL_BUILD_DIR ||
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'agent-sre-nightly')
/** For all steps of a build; a cold one compiles the collector on few cores. */
export const buildTimeoutMs = 15 * 60_000
const run = promisify(execFile)

/** An upstream collector: `OTELCOL_BINARY`, else one from the cache, else built with its builder. */
export async function upstreamBinary(): Promise<string> {
  if (process.env.OTELCOL_BINARY) return process.env.OTELCOL_BINARY
  const folder = await cached(`otelcol-${upstreamVersion}`, async (folder) => {
    await install('go.opentelemetry.io/collector/cmd/builder', upstreamVersion, folder)
    const manifest = join(folder, 'manifest.yaml')
    await writeFile(manifest, manifestFor(join(folder, 'source')))
    await run(join(folder, 'builder'), ['--config', manifest], { timeout: buildTimeoutMs })
    await rename(join(folder, 'source', 'otelcol'), join(folder, 'otelcol'))
  })
  return join(folder, 'otelcol')
}

/** Upstream's generator of load. */
export async function telemetrygen(): Promise<string> {
  const folder = await cached(`telemetrygen-${telemetrygenVersion}`, (folder) => {
    const contrib = 'github.com/open-telemetry/opentelemetry-collector-contrib'
    return install(`${contrib}/cmd/telemetrygen`, telemetrygenVersion, folder)
  })
  return join(folder, 'telemetrygen')
}

/** A Python that has OpenTelemetry's SDK and its OTLP exporters. */
export function pythonWithSdk(): Promise<string> {
  const packages = ['opentelemetry-sdk', 'opentelemetry-exporter-otlp']
  const wanted = packages.map((it) => `${it}==${pythonSdkVersion}`)
  return pythonWith(`python-sdk-${pythonSdkVersion}`, wanted)
}

/** A Python that has agents, clients of models, and instrumentations of both. */
export function pythonWithAgents(): Promise<string> {
  const hash = createHash('sha256').update(pythonAgents.join()).digest('hex')
  return pythonWith(`python-agents-${hash.slice(0, 12)}`, pythonAgents)
}

async function pythonWith(name: string, packages: readonly string[]): Promise<string> {
  const folder = await cached(name, async (folder) => {
    await run('python3', ['-m', 'venv', folder], { timeout: buildTimeoutMs })
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]
    await run(join(folder, 'bin', 'python'), pip, { timeout: buildTimeoutMs })
  })
  return join(folder, 'bin', 'python')
}

/** A folder of the cache; one that is not there yet appears when `build` has filled it, or not. */
async function cached(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const wanted = join(cacheFolder, name)
  if (existsSync(wanted)) return wanted
  await mkdir(cacheFolder, { recursive: true })
  const building = await mkdtemp(join(cacheFolder, `${name}.building-`))
  try {
    await build(building)
    await rename(building, wanted)
  } catch (cause) {
    await rm(building, { recursive: true, force: true })
    if (!existsSync(wanted)) throw new Error(`cannot build ${name}: ${cause}`, { cause })
  }
  return wanted
}

async function install(module: string, version: string, folder: string): Promise<void> {
  const env = { ...process.env, GOBIN: folder }
  await run('go', ['install', `${module}@v${version}`], { env, timeout: buildTimeoutMs })
}

function manifestFor(folder: string): string {
  const core = (path: string) =>
    `{ gomod: go.opentelemetry.io/collector/${path} v${upstreamVersion} }`
  const provider = (name: string) =>
    `{ gomod: go.opentelemetry.io/collector/confmap/provider/${name} v${upstreamStableVersion} }`
  return `
dist: { name: otelcol, version: ${upstreamVersion}, output_path: ${JSON.stringify(folder)} }
receivers: [${core('receiver/otlpreceiver')}]
processors: [${core('processor/batchprocessor')}, ${core('processor/memorylimiterprocessor')}]
exporters:
  - ${core('exporter/otlpexporter')}
  - ${core('exporter/otlphttpexporter')}
  - ${core('exporter/debugexporter')}
  - ${core('exporter/nopexporter')}
providers: [${['envprovider', 'fileprovider', 'yamlprovider'].map(provider).join(', ')}]
`
}
