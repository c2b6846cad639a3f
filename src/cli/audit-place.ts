import { headName } from '../audit/head-file.ts'
import { auditDirectory } from '../audit/open-audit.ts'
import { segmentNames } from '../audit/segments.ts'
import { errorCode, nodeFileSystem } from '../storage/file-system.ts'
import { type ConfigOptions, load } from './load.ts'
import { type Product, reasonOf, type Terminal, UsageError } from './product.ts'

/** Where the log is, as the options say it. */
export interface AuditPlace extends ConfigOptions {
  readonly directory?: string
}

/** The directory of the log that the options mean; throws where there is none. */
export async function findAudit(
  options: AuditPlace,
  product: Product,
  terminal: Terminal,
): Promise<string> {
  const storage = await storageDirectory(options, product, terminal)
  const isCopy = options.directory !== undefined && (await holdsAudit(storage))
  const directory = isCopy ? storage : auditDirectory(storage)
  if (isCopy || (await holdsAudit(directory))) return directory
  throw new UsageError(`there is no audit log in ${directory}`)
}

async function storageDirectory(
  options: AuditPlace,
  product: Product,
  terminal: Terminal,
): Promise<string> {
  if (options.directory !== undefined) {
    if (options.config.length === 0) return options.directory
    throw new UsageError('say where the log is by --config or by --directory, not by both')
  }
  if (options.config.length === 0) {
    throw new UsageError('say where the log is: --config <source> or --directory <directory>')
  }
  const { service } = await load(options, product, terminal)
  if (service.storage) return service.storage.directory
  throw new UsageError('nothing lies on disk with this configuration: it has no service.storage')
}

async function holdsAudit(directory: string): Promise<boolean> {
  try {
    const names = await segmentNames(nodeFileSystem, directory)
    return names.length > 0 || (await nodeFileSystem.readDirectory(directory)).includes(headName)
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return false
    throw new UsageError(`cannot read the audit log: ${reasonOf(cause)}`, { cause })
  }
}
