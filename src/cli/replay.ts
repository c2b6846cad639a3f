import type { ConfigOptions } from './load.ts'
import type { Product, Terminal } from './product.ts'
import { UsageError } from './product.ts'
export interface ReplayOptions extends ConfigOptions {
  readonly write?: boolean
  readonly signal?: 'traces' | 'logs' | 'metrics'
}
export async function replay(
  path: string,
  _options: ReplayOptions,
  _product: Product,
  _terminal: Terminal,
): Promise<number> {
  throw new UsageError(path)
}
