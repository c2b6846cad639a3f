import type { ComponentStorage } from '../../component/settings.ts'
import type { Clock } from '../../storage/clock.ts'
import type { FileSystem } from '../../storage/file-system.ts'
import { Store, type StoreOptions } from '../../storage/store.ts'

let salts = 1

/** A store as the engine would open it, for one exporter called `test`. */
export async function queueStore(
  files: FileSystem,
  clock: Clock,
  options: Partial<StoreOptions> = {},
): Promise<{ readonly store: Store; readonly storage: ComponentStorage }> {
  const store = await Store.open({
    files,
    clock,
    salt: () => salts++,
    directory: '/store',
    sync: { kind: 'always' },
    segmentBytes: 2 ** 16,
    maxBytes: 2 ** 24,
    whenFull: 'reject',
    own: () => ({ release() {} }),
    ...options,
  })
  return {
    store,
    storage: {
      queue: () => store.log('queues/test', { sync: { kind: 'never' } }),
      deadLetters: () => store.deadLetters('test'),
    },
  }
}
