import { realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** One collector's exporters by the file they write; its one memory ledger stands for it. */
const ownersOf = new WeakMap<object, Map<string, string>>()

/**
 * Notes that an exporter will write a file, and names the one of the same collector that does
 * already. Devices and pipes may have many writers.
 *
 * @param collector an object that the exporters of one collector share, and those of two do not
 */
export function otherOwner(path: string, id: string, collector: object): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) return undefined
  const owners = ownersOf.get(collector) ?? new Map<string, string>()
  ownersOf.set(collector, owners)
  const place = placeOf(path)
  const owner = owners.get(place) ?? id
  owners.set(place, owner)
  return owner === id ? undefined : owner
}

/** The path without symbolic links, as far as it exists. */
function placeOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const directory = dirname(resolve(path))
    return join(directory === resolve(path) ? directory : placeOf(directory), basename(path))
  }
}
