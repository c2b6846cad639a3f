import { z } from 'zod'
import { comesLater, duration } from '../../src/config/fields.ts'

export const config = z.strictObject({
  path: z.string().min(1).describe('The file to write.'),
  format: z
    .enum(['json'], {
      error: ({ input }) =>
        input === 'proto'
          ? 'proto comes later and is not supported yet: write json'
          : 'must be json',
    })
    .default('json')
    .describe('`json`: a line for each request, or for each alert. `proto` comes later.'),
  append: z
    .boolean()
    .default(false)
    .describe('Whether what an earlier run wrote is kept. With `rotation` it always is.'),
  create_directory: z
    .boolean()
    .default(false)
    .describe('Whether a missing directory is made, instead of being an error at start.'),
  rotation: rotation(),
  flush_interval: duration()
    .prefault('1s')
    .describe('Longest time that a line may wait for its write. Lines are written at once.'),
  directory_permissions: comesLater('make the directory yourself'),
  compression: comesLater('compress files after they were rotated'),
  encoding: comesLater('the format is OTLP'),
  group_by: comesLater('use one exporter for each file'),
})

export type Config = z.output<typeof config>

function rotation() {
  return z
    .strictObject({
      max_megabytes: z
        .int()
        .positive()
        .default(100)
        .describe('Size in MiB at which a new file is begun.'),
      max_backups: z
        .int()
        .nonnegative()
        .default(100)
        .describe('Earlier files that are kept; 0 keeps all.'),
      max_days: z
        .int()
        .refine((it) => it === 0, 'comes later and is not supported yet: use max_backups')
        .default(0)
        .describe('Comes later; only 0.'),
      localtime: z
        .boolean()
        .refine((it) => !it, 'comes later and is not supported yet: names are in UTC')
        .default(false)
        .describe('Comes later; only `false`: names are in UTC.'),
    })
    .optional()
    .describe('Begins a new file when one has become large; off without this block.')
}
