import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Clock } from './clock.ts'
import { aLog, aRecord, bytesOf, directory, hastyClock, readAll, replace } from './log.fixture.ts'
import type { SegmentLog } from './segment-log.ts'
import { SimulatedFileSystem } from './simulated-file-system.ts'
import { seeded } from './testing/chance.fixture.ts'

type Policy = 'always' | 'never'

type Step =
  | { readonly kind: 'append' | 'crash' | 'error'; readonly count: number }
  | { readonly kind: 'acknowledge' | 'acknowledgeBelow' | 'sync' | 'reopen' | 'damage' }

const calls = fc.integer({ min: 1, max: 15 })

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constantFrom('crash' as const, 'error' as const), count: calls }),
  fc.record({
    kind: fc.constantFrom(
      'acknowledge' as const,
      'acknowledgeBelow' as const,
      'sync' as const,
      'reopen' as const,
      'damage' as const,
    ),
  }),
)

/** A log beside a plain list of what it promised. */
class Checked {
  readonly #policy: Policy
  readonly #chance: () => number
  /** Promised and not acknowledged. */
  readonly #held = new Set<string>()
  /** Of these, what would survive a power loss. */
  readonly #safe = new Set<string>()
  /** Came back without a promise: they may stay or go. */
  readonly #extra = new Set<string>()
  readonly #written = new Set<string>()
  #files = new SimulatedFileSystem()
  #log: SegmentLog | undefined
  #clock = new MortalClock()

  constructor(policy: Policy, seed: number) {
    this.#policy = policy
    this.#chance = seeded(seed)
  }

  async run(its: Step): Promise<void> {
    const log = await this.#opened()
    if (its.kind === 'append') await this.#append(log, its.count)
    else if (its.kind === 'acknowledge') await this.#acknowledgeSome(log)
    else if (its.kind === 'acknowledgeBelow') await this.#acknowledgeBelow(log)
    else if (its.kind === 'sync') await this.#sync(log)
    else if (its.kind === 'error') await this.#error(log, its.count)
    else if (its.kind === 'crash') await this.#crash(log, its.count)
    else {
      await log.close()
      if (its.kind === 'damage') await this.#damage()
      this.#log = undefined
    }
    await this.#compare(its.kind)
  }

  async #opened(): Promise<SegmentLog> {
    const [clock, sync] = [this.#clock, { kind: this.#policy }]
    this.#log ??= await aLog(this.#files, { segmentBytes: 200, clock, sync })
    return this.#log
  }

  async #append(log: SegmentLog, count: number): Promise<void> {
    const texts = Array.from({ length: count }, (_, at) => `record ${this.#written.size + at}`)
    for (const it of texts) this.#written.add(it)
    await Promise.all(
      texts.map(async (it) => {
        if ((await log.append(aRecord(it))).kind !== 'appended') return
        this.#held.add(it)
        if (this.#policy === 'always') this.#safe.add(it)
      }),
    )
  }

  async #sync(log: SegmentLog): Promise<void> {
    const held = [...this.#held]
    const isSynced = await log.sync().then(
      () => true,
      () => false,
    )
    if (isSynced) for (const it of held) this.#safe.add(it)
  }

  /** One call fails, of those that append, sync, acknowledge and read. */
  async #error(log: SegmentLog, calls: number): Promise<void> {
    const failing = this.#files.calls + calls
    const code = this.#chance() < 0.5 ? 'EIO' : 'ENOSPC'
    this.#files.faults = ({ number }) => (number === failing ? { kind: 'error', code } : undefined)
    await this.#append(log, 3)
    await this.#sync(log)
    await this.#acknowledgeSome(log)
    await this.#append(log, 1)
    this.#files.faults = () => undefined
  }

  async #acknowledgeSome(log: SegmentLog): Promise<void> {
    for (const { sequence, payload } of await readAll(log)) {
      if (this.#chance() < 0.4) continue
      log.acknowledge(sequence)
      this.#held.delete(Buffer.from(payload).toString())
    }
  }

  async #acknowledgeBelow(log: SegmentLog): Promise<void> {
    const found = await readAll(log)
    const below = found[Math.floor(this.#chance() * found.length)]?.sequence ?? 0
    log.acknowledgeBelow(below)
    for (const { sequence, payload } of found) {
      if (sequence < below) this.#held.delete(Buffer.from(payload).toString())
    }
  }

  async #crash(log: SegmentLog, calls: number): Promise<void> {
    const last = this.#files.calls + calls
    this.#files.faults = ({ number }) => (number === last ? { kind: 'crash' } : undefined)
    await Promise.race([this.#append(log, 5), this.#files.powerLost])
    this.#files = this.#files.afterCrash({ chance: this.#chance })
    this.#clock.stop()
    this.#clock = new MortalClock()
    this.#log = undefined
  }

  async #damage(): Promise<void> {
    const names = await this.#files.readDirectory(directory)
    const name = names[Math.floor(this.#chance() * names.length)] ?? ''
    const bytes = await bytesOf(this.#files, `${directory}/${name}`)
    const at = Math.floor(this.#chance() * bytes.length)
    if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(this.#chance() * 255))
    await replace(this.#files, `${directory}/${name}`, bytes)
  }

  async #compare(kind: Step['kind']): Promise<void> {
    const isHeld = (it: string) => this.#held.has(it)
    const log = await this.#opened()
    await log.verified
    const found = await readAll(log)
    const texts = found.map(({ payload }) => Buffer.from(payload).toString())
    const promised = kind === 'crash' ? [...this.#safe].filter(isHeld) : [...this.#held]
    const missing = promised.filter((it) => !texts.includes(it))
    expect(texts.filter((it) => !this.#written.has(it))).toEqual([])
    expect(new Set(texts).size).toBe(texts.length)
    expect(found.map((it) => it.sequence)).toEqual(
      found.map((it) => it.sequence).sort((a, b) => a - b),
    )
    const { heldRecords, heldItems, damagedRecords } = log.status()
    expect([heldRecords, heldItems]).toEqual([texts.length, texts.length])
    if (kind !== 'damage') expect(missing).toEqual([])
    expect(missing.length).toBeLessThanOrEqual(Math.min(1, damagedRecords))
    // Only a power loss or a damaged checkpoint brings back what was acknowledged or not promised.
    const extra = texts.filter((it) => !isHeld(it))
    if (kind === 'reopen') expect(extra.filter((it) => !this.#extra.has(it))).toEqual([])
    this.#extra.clear()
    for (const it of extra) this.#extra.add(it)
    for (const it of this.#held) if (!texts.includes(it)) this.#held.delete(it)
    if (kind === 'crash') for (const it of this.#held) this.#safe.add(it)
  }
}

/** Does not keep anybody waiting, until its process is gone. */
class MortalClock implements Clock {
  readonly #cancels = new Set<() => void>()
  #isDead = false

  now(): number {
    return hastyClock.now()
  }

  schedule(work: () => void, delayMs: number): () => void {
    if (this.#isDead) return () => undefined
    const cancel = hastyClock.schedule(() => {
      this.#cancels.delete(cancel)
      work()
    }, delayMs)
    this.#cancels.add(cancel)
    return cancel
  }

  stop(): void {
    this.#isDead = true
    for (const cancel of this.#cancels) cancel()
  }
}

test.each(['always', 'never'] as const)(
  'whatever happens to a log that syncs %s, it holds what a plain list of promises says',
  async (policy) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), fc.nat(), async (steps, seed) => {
        const checked = new Checked(policy, seed)
        for (const it of steps) await checked.run(it)
      }),
      { numRuns: 200 },
    )
  },
)
