import { items, proven } from './item.ts'

const counts = 'test/conformance/item-counts.test.ts'
const metrics = 'src/net/client/destination-metrics.test.ts'
const logs = 'test/conformance/log-texts.test.ts'
const disk = 'src/net/client/disk-queue.test.ts'
const diskHttp = 'exporters/otlp_http/disk-queue.test.ts'
const faults = 'src/storage/faults.test.ts'

/** What an exporter counts, what it logs, and what it keeps. */
export const exporterBooks = items('exporter', [
  [
    'counts_sent',
    'Items of attempts that succeed in the end count once as sent, under the attributes of the destination.',
    proven(
      [counts, '%s: items are counted as accepted and as sent'],
      [counts, 'attempts that are retried count once, as what became of them in the end'],
    ),
  ],
  [
    'counts_failed',
    'Items that are given up count as failed, and those rejected in part are counted apart.',
    proven(
      [counts, 'items that are given up count as failed, with their reason beside'],
      [counts, 'what is rejected in part counts as sent but for that part'],
    ),
  ],
  [
    'counts_points',
    'Of metrics, data points are counted.',
    proven([
      counts,
      'data points are counted over all kinds of metrics; a metric without points counts zero',
    ]),
  ],
  [
    'counts_receiver',
    'The receiver counts accepted and refused items, all three series from the first request on.',
    proven(
      [counts, 'what finds no room counts as refused by the receiver'],
      ['receivers/otlp/outcomes.test.ts', 'all three series exist from the start'],
    ),
  ],
  [
    'counts_queue',
    'The queue shows its size, its capacity, what is in flight and what it refused.',
    proven(
      [counts, 'what finds no room counts as refused by the receiver'],
      [metrics, 'counts sent, failed, rejected and refused items in the names of otelcol'],
    ),
  ],
  [
    'counts_processors',
    'Processors count incoming and outgoing items.',
    proven([counts, 'processors count what goes in and what comes out']),
  ],
  [
    'counts_every_exporter',
    'Every exporter counts what it sent, `debug` and `file` too.',
    proven([counts, 'the exporter %s counts what it sent, too']),
  ],
  [
    'counts_sizer',
    'The size of a queue names its `sizer`, since its unit is `{batch}` whatever the sizer.',
    proven(
      [counts, 'what finds no room counts as refused by the receiver'],
      [metrics, 'the size of a queue is told with its sizer'],
    ),
  ],
  [
    'counts_detailed',
    'At the level detailed, failed items carry `error.type` and `error.permanent`, and sizes in bytes are recorded.',
    proven(
      [counts, 'at the level detailed alone, failures tell their kinds and sizes are recorded'],
      [metrics, 'records the sizes of what is taken and of what is sent, where each is done'],
    ),
  ],
  [
    'log_retry',
    'A wait before a retry is logged with `error` and `interval`.',
    proven([logs, 'a wait before a retry is told with its error and its length']),
  ],
  [
    'log_drop',
    'Dropped data is logged with `error`, its prefix and `dropped_items`, and what would help.',
    proven([logs, 'what is dropped is told as "%s…"']),
  ],
  [
    'log_reject',
    'Refused data is logged with `error` and `rejected_items`, and what would help.',
    proven(
      [logs, 'without a queue the sender is refused, and the log says what would help'],
      [
        'src/net/client/sending-queue.test.ts',
        'capacity is held until a batch is finished, and room is told',
      ],
    ),
  ],
  [
    'log_partial',
    'A partial success is logged with `message` and the count of its signal.',
    proven([logs, 'a partial success is told with its message and its count']),
  ],
  [
    'storage_retry',
    'With storage on, a retry survives a restart.',
    proven([
      diskHttp,
      'stopped with a dead destination, all stays on disk and the next start delivers it once',
    ]),
  ],
  [
    'storage_kill',
    'With storage on, `kill -9` at any point loses no acknowledged item, and what may arrive twice is what came after the last snapshot, a second ago.',
    proven(
      [
        'test/e2e/faults-kill.test.ts',
        'F1: five kills under load change no counter and lose nothing',
      ],
      [
        'src/net/client/disk-crash.test.ts',
        'what was settled is delivered, on disk or a dead letter, through every crash',
      ],
      [disk, 'what was persisted and then delivered is not sent again, nor read back'],
    ),
  ],
  [
    'storage_full',
    'A full disk refuses before it acknowledges.',
    proven(
      [disk, 'a full disk refuses, says when there is room again, and forgets nothing'],
      [faults, 'F5: a full volume refuses, drains to nothing and takes more, without a restart'],
    ),
  ],
  [
    'storage_read_only',
    'A read-only directory is refused at the start.',
    proven(
      [
        'test/e2e/storage-words.test.ts',
        'a directory that cannot be written is refused before anything listens',
      ],
      ['src/storage/store.test.ts', 'says in a sentence why a directory cannot be used'],
    ),
  ],
  [
    'storage_tail',
    'A corrupt tail is cut at the start, and counted.',
    proven([faults, 'F3: the newest segment cut at every byte gives the exact prefix']),
  ],
  [
    'storage_middle',
    'A corrupt entry in the middle is skipped, and counted.',
    proven(
      [disk, 'a damaged record is counted, and the others are delivered'],
      [faults, 'of the newest segment loses the damaged record alone, counted and kept'],
    ),
  ],
])
