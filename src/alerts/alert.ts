/** How urgent an alert is, most urgent first. */
export const severities = ['critical', 'warning', 'info'] as const
export type Severity = (typeof severities)[number]

/** One assertion about an agent or about us, as it travels through `alerts` pipelines. */
export interface Alert {
  /** Stable identity: the same condition on the same subject has the same fingerprint. */
  readonly fingerprint: string
  /** Counts the times this condition has begun; a new episode is news. */
  readonly episode: number
  readonly state: 'firing' | 'resolved'
  /** What was seen, as the signal's name, e.g. `slo_burn_rate`. */
  readonly signal: string
  readonly severity: Severity
  /** One sentence for a person. */
  readonly summary: string
  /** When this state began, milliseconds since the Unix epoch, in record time. */
  readonly sinceMs: number
  /** Who and what it is about, e.g. `agent`, `tool`. */
  readonly labels: Readonly<Record<string, string>>
  /** The numbers that decided. */
  readonly evidence: Readonly<Record<string, string | number | boolean>>
}
