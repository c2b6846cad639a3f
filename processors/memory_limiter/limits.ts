import type { Config } from './config.ts'

/** From where on data is refused, and from where on it is dangerous, in bytes. */
export interface Limits {
  readonly softBytes: number
  readonly hardBytes: number
}

const mib = 2 ** 20

/**
 * The limits that a configuration means; `limit_mib` wins over percentages. Without a distance
 * between them the soft limit lies 20 % below the hard one: 512 MiB gives 409.6 MiB.
 *
 * @param totalBytes memory of the container or, outside of one, of the machine
 */
export function limitsOf(config: Config, totalBytes: number): Limits {
  const isFixed = config.limit_mib > 0
  const hardBytes = isFixed ? config.limit_mib * mib : (config.limit_percentage / 100) * totalBytes
  const spikeBytes = isFixed
    ? config.spike_limit_mib * mib
    : (config.spike_limit_percentage / 100) * totalBytes
  return { hardBytes, softBytes: hardBytes - (spikeBytes || hardBytes / 5) }
}
