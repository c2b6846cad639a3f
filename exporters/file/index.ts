import { pipelineKinds } from '../../src/component/batch.ts'
import { defineExporter } from '../../src/component/factory.ts'
import { sendingQueue } from '../../src/net/client/queue-config.ts'
import type { RetryPolicy } from '../../src/net/client/retry-config.ts'
import { SendingQueue } from '../../src/net/client/sending-queue.ts'
import { config } from './config.ts'
import { FileDestination } from './destination.ts'
import { otherOwner } from './owners.ts'
import { placeProblem } from './place.ts'

/** One writer keeps lines whole and in order; a batch is settled by its write. */
const sending_queue = sendingQueue().parse({ num_consumers: 1, wait_for_result: true })

/** Shorter than a client's patience: a disk that stays full is the client's to know. */
const retry_on_failure: RetryPolicy = {
  enabled: true,
  initial_interval: 500,
  randomization_factor: 0,
  multiplier: 2,
  max_interval: 2000,
  max_elapsed_time: 5000,
}

/** Writes what passes to a file, as lines of JSON. */
export const fileExporter = defineExporter({
  type: 'file',
  kinds: pipelineKinds,
  config,
  create(config, settings) {
    const problem = placeProblem(config.path, config.create_directory)
    if (problem !== undefined) throw new Error(`exporters.${settings.id}.path: ${problem}`)
    const other = otherOwner(config.path, settings.id, settings.memory)
    if (other !== undefined) {
      throw new Error(
        `exporters.${settings.id}.path: ${config.path} is written by exporters.${other} already: give each a file of its own, or name one exporter in both pipelines`,
      )
    }
    const destination = new FileDestination(config, settings)
    return new SendingQueue({ sending_queue, retry_on_failure }, destination, settings)
  },
})
