/**
 * Every attribute, metric and event name that we write. What stands here is ours: when it comes
 * back through another collector it is no claim of a sender and no mark of a dialect.
 */
export const names = {
  /** Attribute: outcome of a task on its span, `good`, `bad` or `ignored`. */
  taskOutcome: 'agent.sre.task.outcome',
  /** Attribute: fingerprint of an alert on its log record. */
  alertFingerprint: 'agent.sre.alert.fingerprint',
  /** Counter {error}: throws of a component, by `component`; each is a defect. */
  componentErrors: 'agent.sre.component.errors',
  /** Counter {call}: outcomes given a second time for one delivery, by `component`; each is a defect. */
  settledTwice: 'agent.sre.delivery.settled_twice',
  /** Counter {batch}: derived batches given up, by `component` and `reason`. */
  derivedDropped: 'agent.sre.derived.dropped',
  /** Gauge {batch}: derived batches that wait for a destination. */
  derivedHeld: 'agent.sre.derived.held',
  /** Counter {record}: records of the ingest log, by `kind`. */
  records: 'agent.sre.log.records',
  /** Counter {request}: requests refused at the door, by `receiver` and `reason`. */
  refused: 'agent.sre.admission.refused',
  /** Counter {hit}: what came a second time and was recognised, by `layer`: `request` or `span`. */
  dedupHits: 'agent.sre.dedup.hits',
  /** Attribute: tokens that a call took in, those from a cache included, where the sender leaves them out. */
  usageInputTokens: 'agent.sre.usage.input_tokens',
  /** Attribute: tokens that a call gave, those of reasoning included, where the sender leaves them out. */
  usageOutputTokens: 'agent.sre.usage.output_tokens',
  /** Counter {span}: spans that were understood, by `dialect`. */
  spansUnderstood: 'agent.sre.genai.spans',
  /** Counter {item}: spans, events and points of agents that say nothing of their own, by `reason`. */
  itemsIgnored: 'agent.sre.genai.ignored',
  /** Counter {trace}: traces that settled, by `reason`: `complete`, `silence`, `age` or `cap`. */
  tracesSettled: 'agent.sre.genai.traces_settled',
  /** Counter {task}: tasks told of, by `outcome`. */
  tasks: 'agent.sre.genai.tasks',
  /** Gauge {trace}: traces that have not settled, or are still kept. */
  openTraces: 'agent.sre.genai.open_traces',
  /** Gauge {span}: agent spans kept of them. */
  openSpans: 'agent.sre.genai.open_spans',
  /** Counter {span}: spans that came after their trace had settled. */
  lateSpans: 'agent.sre.genai.late_spans',
  /** Counter {trace}: traces whose top came after what is below it had settled. */
  lateTops: 'agent.sre.genai.late_tops',
  /** Counter {span}: spans beyond the most that are kept of one trace. */
  spansBeyondTrace: 'agent.sre.genai.spans_beyond_trace',
  /** Counter {name}: names told as `__other__`, by `dimension`. */
  namesBeyondCap: 'agent.sre.genai.names_beyond_cap',
  /** Counter {event}: times that were not believed, by `problem`: `future` or `negative`. */
  clockSkewEvents: 'agent.sre.clock_skew_events',
  /** Counter {reload}: the configuration was read again, by `outcome`: `reloaded`, `unchanged`, `refused`. */
  configReloads: 'agent.sre.config.reloads',
  /** Counter {snapshot}: snapshots of what is remembered, by `outcome`: `written` or `failed`. */
  snapshots: 'agent.sre.state.snapshots',
  /** Counter {record}: ticks, results and the like that could not be written, by `kind`. */
  recordsNotKept: 'agent.sre.log.records_not_kept',
  /** Counter {record}: records of the ingest log that could not be understood; now dead letters. */
  unreadableRecords: 'agent.sre.log.unreadable_records',
  /** Gauge By: what the queue of a destination takes on disk, by `exporter`. */
  queueBytes: 'agent.sre.queue.bytes',
  /** Gauge s: how long the oldest in the queue of a destination has waited, by `exporter`. */
  queueOldest: 'agent.sre.queue.oldest',
  /** Counter {record}: damaged records in the queue of a destination, by `exporter`. */
  queueCorruptRecords: 'agent.sre.queue.corrupt_records',
  /** Gauge {record}: dead letters of a destination, by `exporter`. */
  deadLetters: 'agent.sre.queue.dead_letters',
  /** Counter {item}: what a queue on disk gave up, by `exporter` and `reason`. */
  queueDropped: 'agent.sre.queue.dropped',
  /** Gauge By: what a log of the storage directory occupies, by `log`. */
  storageBytes: 'agent.sre.storage.bytes',
  /** Gauge By: what all of them together may occupy. */
  storageLimit: 'agent.sre.storage.limit',
  /** Gauge {record}: records that are still needed, by `log`. */
  storageHeldRecords: 'agent.sre.storage.held_records',
  /** Gauge s: age of the oldest record that is still needed, by `log`. */
  storageOldest: 'agent.sre.storage.oldest',
  /** Counter {record}: records lost to damage, by `log`. */
  storageDamagedRecords: 'agent.sre.storage.damaged_records',
  /** Counter {write}: writes and syncs that failed, by `log`. */
  storageFailedWrites: 'agent.sre.storage.failed_writes',
  /** Histogram s: how long the disk takes to make a write safe. */
  storageSyncDuration: 'agent.sre.storage.sync.duration',
  /** Gauge s: how late the event loop was in 99 of 100 cases of the last minute. */
  eventLoopDelay: 'agent.sre.process.event_loop_delay',
} as const
