import { basename, dirname } from 'node:path'
import type { FileSystem, OpenFile, OpenMode, Volume } from './file-system.ts'
import { SimulatedFile } from './simulated-file.ts'

/** One call to the simulated disk, numbered from 1. */
export interface SystemCall {
  readonly number: number
  readonly name: string
  readonly path: string
}

/** What a call meets: an error of the system, a write that stops early, power lost after it. */
export type Fault =
  | { readonly kind: 'error'; readonly code: 'EIO' | 'ENOSPC' | 'EACCES' | 'EMFILE' }
  | { readonly kind: 'short'; readonly bytes: number }
  | { readonly kind: 'crash' }

/** Decides what each call meets; `undefined` lets it pass. */
export type FaultPlan = (call: SystemCall) => Fault | undefined

/** What a power loss does to each change that was not synced; `chance` is in [0, 1). */
export type Survival = 'nothing' | 'everything' | { readonly chance: () => number }

interface NameChange {
  readonly name: string
  /** The file that the name stands for afterwards; `undefined` when it is gone. */
  readonly file: SimulatedFile | undefined
}

interface Directory {
  readonly names: Map<string, SimulatedFile>
  readonly durable: Map<string, SimulatedFile>
  /** Changes of names since the last sync; a rename is one element with two of them. */
  unsynced: NameChange[][]
}

/**
 * A disk in memory that forgets what was not synced. After a crash every call fails; what is left
 * is a new disk, `afterCrash`, so that code of the old run cannot reach it.
 */
export class SimulatedFileSystem implements FileSystem {
  /** Replace it at any time. */
  faults: FaultPlan = () => undefined
  readonly #directories = new Map<string, Directory>()
  readonly #totalBytes: number
  /** Resolves when a fault ends the power. */
  readonly powerLost: Promise<void>
  readonly #losePower: () => void
  #calls = 0
  #crashed = false

  /** @param totalBytes the size of the volume; writes beyond it meet `ENOSPC` */
  constructor(totalBytes = 2 ** 30) {
    this.#totalBytes = totalBytes
    const { promise, resolve } = Promise.withResolvers<void>()
    this.powerLost = promise
    this.#losePower = resolve
  }

  /** Calls so far. */
  get calls(): number {
    return this.#calls
  }

  get usedBytes(): number {
    const files = new Set([...this.#directories.values()].flatMap((it) => [...it.names.values()]))
    return [...files].reduce((sum, file) => sum + file.sizeBytes, 0)
  }

  /** The disk that a restart finds. */
  afterCrash(survival: Survival): SimulatedFileSystem {
    this.#crashed = true
    const found = new SimulatedFileSystem(this.#totalBytes)
    for (const [path, directory] of this.#directories) {
      const names = new Map(directory.durable)
      for (const changes of directory.unsynced) {
        if (!survives(survival)) continue
        for (const { name, file } of changes) file ? names.set(name, file) : names.delete(name)
      }
      const files = [...names].map(
        ([name, it]) => [name, it.afterCrash(() => survives(survival))] as const,
      )
      found.#directories.set(path, {
        names: new Map(files),
        durable: new Map(files),
        unsynced: [],
      })
    }
    return found
  }

  open(path: string, mode: OpenMode): Promise<OpenFile> {
    return this.#call('open', path, () => {
      const directory = this.#directory(path)
      let file = directory.names.get(basename(path))
      if (mode === 'create' && file) throw systemError('EEXIST', path)
      if (!file && (mode === 'read' || mode === 'update')) throw systemError('ENOENT', path)
      if (!file) {
        file = new SimulatedFile()
        this.#change(directory, [{ name: basename(path), file }])
      } else if (mode === 'replace') file.truncate(0)
      return this.#handle(path, file)
    })
  }

  /** Within one directory it is one change; between two, a power loss may leave both names. */
  rename(from: string, to: string): Promise<void> {
    return this.#call('rename', from, () => {
      const [source, target] = [this.#directory(from), this.#directory(to)]
      const file = source.names.get(basename(from))
      if (!file) throw systemError('ENOENT', from)
      const there = { name: basename(to), file }
      const gone = { name: basename(from), file: undefined }
      if (source === target) return this.#change(source, [there, gone])
      target.durable.set(there.name, file)
      this.#change(target, [there])
      this.#change(source, [gone])
    })
  }

  unlink(path: string): Promise<void> {
    return this.#call('unlink', path, () => {
      const directory = this.#directory(path)
      if (!directory.names.has(basename(path))) throw systemError('ENOENT', path)
      this.#change(directory, [{ name: basename(path), file: undefined }])
    })
  }

  readDirectory(path: string): Promise<readonly string[]> {
    return this.#call('readDirectory', path, () => {
      const directory = this.#directories.get(path)
      if (!directory) throw systemError('ENOENT', path)
      return [...directory.names.keys()]
    })
  }

  subdirectories(path: string): Promise<readonly string[]> {
    return this.#call('subdirectories', path, () => {
      const below = [...this.#directories.keys()].filter((it) => it.startsWith(`${path}/`))
      return [...new Set(below.map((it) => it.slice(path.length + 1).split('/')[0] ?? ''))]
    })
  }

  /** Durable at once: losing a whole empty directory has no interesting outcome. */
  makeDirectory(path: string): Promise<void> {
    return this.#call('makeDirectory', path, () => {
      if (this.#directories.has(path)) return
      this.#directories.set(path, { names: new Map(), durable: new Map(), unsynced: [] })
    })
  }

  syncDirectory(path: string): Promise<void> {
    return this.#call('syncDirectory', path, () => {
      const directory = this.#directories.get(path)
      if (!directory) throw systemError('ENOENT', path)
      directory.durable.clear()
      for (const [name, file] of directory.names) directory.durable.set(name, file)
      directory.unsynced = []
    })
  }

  sizeBytes(path: string): Promise<number> {
    return this.#call('sizeBytes', path, () => {
      const file = this.#directory(path).names.get(basename(path))
      if (!file) throw systemError('ENOENT', path)
      return file.sizeBytes
    })
  }

  volume(path: string): Promise<Volume> {
    return this.#call('volume', path, () => ({
      totalBytes: this.#totalBytes,
      freeBytes: this.#totalBytes - this.usedBytes,
    }))
  }

  #handle(path: string, file: SimulatedFile): OpenFile {
    return {
      write: (parts, atBytes) =>
        this.#call('write', path, (limitBytes) => {
          const wanted = Buffer.concat(parts)
          const growth = atBytes + wanted.length - file.sizeBytes
          const excess = Math.max(0, growth - (this.#totalBytes - this.usedBytes))
          const bytes = wanted.subarray(0, Math.min(wanted.length - excess, limitBytes))
          if (bytes.length <= 0 && wanted.length > 0) throw systemError('ENOSPC', path)
          file.write(bytes, atBytes)
          return bytes.length
        }),
      read: (into, atBytes) => this.#call('read', path, () => file.read(into, atBytes)),
      datasync: () => this.#call('datasync', path, () => file.sync()),
      truncate: (lengthBytes) => this.#call('truncate', path, () => file.truncate(lengthBytes)),
      close: () => this.#call('close', path, () => undefined),
    }
  }

  /** Every call counts, may meet a fault, and answers later, as the system does. */
  async #call<T>(name: string, path: string, work: (limitBytes: number) => T): Promise<T> {
    if (this.#crashed) throw systemError('EIO', `${path}: the power is off`)
    const fault = this.faults({ number: ++this.#calls, name, path })
    if (fault?.kind === 'error') throw systemError(fault.code, path)
    const result = work(fault?.kind === 'short' ? fault.bytes : Number.POSITIVE_INFINITY)
    if (fault?.kind !== 'crash') return result
    this.#crashed = true
    this.#losePower()
    throw systemError('EIO', `${path}: the power went off`)
  }

  #directory(path: string): Directory {
    const directory = this.#directories.get(dirname(path))
    if (!directory) throw systemError('ENOENT', path)
    return directory
  }

  #change(directory: Directory, changes: NameChange[]): void {
    for (const { name, file } of changes) {
      file ? directory.names.set(name, file) : directory.names.delete(name)
    }
    directory.unsynced.push(changes)
  }
}

function survives(survival: Survival): boolean {
  if (typeof survival === 'object') return survival.chance() < 0.5
  return survival === 'everything'
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}
