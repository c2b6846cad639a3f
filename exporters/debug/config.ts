import { z } from 'zod'
import { stringList } from '../../src/config/fields.ts'

export const config = z.strictObject({
  verbosity: z
    .enum(['basic', 'normal', 'detailed'])
    .default('basic')
    .describe(
      '`basic`: a line a batch. `normal`: a line an item. `detailed`: all of it, texts too.',
    ),
  sampling_initial: z
    .int()
    .nonnegative()
    .default(2)
    .describe('Batches of each second that are shown in any case.'),
  sampling_thereafter: z
    .int()
    .nonnegative()
    .default(1)
    .describe('Of the batches after those, each one of so many is shown; 0 shows none.'),
  use_internal_logger: z
    .boolean()
    .default(false)
    .describe('Whether to write into our own log instead of `output_paths`.'),
  output_paths: stringList()
    .pipe(z.array(z.string().min(1)).min(1))
    .prefault(['stdout'])
    .describe('`stdout`, `stderr` or paths of files that are appended to.'),
})
