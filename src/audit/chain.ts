import { createHash, type Hash } from 'node:crypto'
import { beforeAll, decodeEntry, type Entry, genesis, type Head, hashOf } from './entry.ts'
import type { Line } from './lines.ts'
import { firstSeqOf, type Sealed, sealedBy } from './segments.ts'

/** The first entry that is wrong, or the place where it is missing. */
export interface Finding {
  readonly seq: number
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly problem: string
}

/** A head that was written down, and where. */
export interface Noted {
  readonly head: Head
  readonly by: string
}

interface Place {
  readonly file: string
  readonly line: number
}

/** A good entry, as far as what came before it tells. */
interface Link extends Place {
  readonly seq: number
  readonly hash: string
  readonly prev: string
}

/** Checks lines one after the other, and remembers only the last few. */
export class Chain {
  readonly #noted: readonly Noted[]
  #finding: Finding | undefined
  #last: Head = beforeAll
  #before: Link | undefined
  /** Two neighbours that do not fit together; the line behind them tells which is wrong. */
  #misfit: readonly [Link, Link] | undefined
  #name = ''
  #isNewest = false
  #hash: Hash = createHash('sha256')
  #bytes = 0
  #lines = 0
  #sealed: Sealed | undefined
  #lastAt = ''
  entries = 0
  tornBytes = 0
  backwards = 0

  constructor(noted: readonly Noted[]) {
    this.#noted = noted
  }

  get finding(): Finding | undefined {
    return this.#finding
  }

  /** The last good entry. */
  get last(): Head {
    return this.#last
  }

  /** Nothing that follows can change the verdict. */
  get isSettled(): boolean {
    return this.#finding !== undefined
  }

  /** Only the first counts. */
  report(finding: Finding): void {
    this.#finding ??= finding
  }

  begin(name: string, isNewest: boolean): void {
    this.#name = name
    this.#isNewest = isNewest
    this.#hash = createHash('sha256')
    this.#bytes = 0
    this.#lines = 0
    const [first, wanted] = [firstSeqOf(name), this.#nextSeq]
    if (this.#misfit || first === wanted) return
    this.#wrong(wanted, 1, `the file begins with entry ${first} where ${wanted} belongs`)
  }

  take(line: Line): void {
    this.#lines = line.number
    const entry = line.hasBreak ? decodeEntry(line.bytes) : 'is cut off'
    if (this.#misfit) this.#decide(typeof entry === 'string' ? undefined : entry)
    if (this.isSettled) return
    if (typeof entry !== 'string') return this.#link(entry, line)
    const seq = this.#nextSeq
    if (line.hasBreak || !this.#isNewest || this.#newestNoted >= seq) {
      return this.#wrong(seq, line.number, `the line ${entry}`)
    }
    this.tornBytes = line.bytes.length
  }

  /** The file has no more lines. */
  end(): void {
    if (this.isSettled || this.#misfit) return
    if (this.#lines === 0 && !this.#isNewest) this.#wrong(this.#nextSeq, 1, 'the file is empty')
    const sha256 = this.#hash.digest('hex')
    this.#sealed = { name: this.#name, bytes: this.#bytes, sha256 }
  }

  /** There are no more files. */
  finish(): void {
    if (this.#misfit) this.#decide()
    const missing = this.#noted.find(({ head }) => head.seq > this.last.seq)
    if (this.isSettled || !missing) return
    const range = rangeText(this.#nextSeq, missing.head.seq)
    const problem = `the log ends here: ${range} missing, as ${missing.by} says`
    this.#wrong(this.#nextSeq, this.#lines + 1, problem)
  }

  /** What seemed good is not; the one before it is the last good one. */
  #withdraw({ seq, prev }: Link): void {
    this.entries--
    this.#last = { seq: seq - 1, hash: prev }
  }

  get #nextSeq(): number {
    return this.last.seq + 1
  }

  get #newestNoted(): number {
    return Math.max(-1, ...this.#noted.map(({ head }) => head.seq))
  }

  #link(entry: Entry, line: Line): void {
    const { seq, prev, at } = entry
    const wanted = this.#nextSeq
    if (seq !== wanted) return this.#wrong(wanted, line.number, outOfPlace(seq, wanted))
    const link = { seq, prev, hash: hashOf(line.bytes), file: this.#name, line: line.number }
    if (prev !== this.last.hash) return this.#doubt(link)
    const contradicted = this.#noted.find(({ head }) => head.seq === seq && head.hash !== link.hash)
    if (contradicted) {
      const problem = `the entry is not the one that ${contradicted.by} names: it was changed, or the log was written anew`
      return this.#wrong(seq, line.number, problem)
    }
    const sealProblem = this.#sealProblem(entry)
    if (sealProblem !== undefined) return this.#wrong(seq, line.number, sealProblem)
    if (at < this.#lastAt) this.backwards++
    this.#lastAt = at
    this.#before = link
    this.#last = link
    this.#bytes += line.bytes.length + 1
    this.#hash.update(line.bytes).update('\n')
    this.entries++
  }

  /** What does not fit the one before is wrong itself if there is none, or that one is known. */
  #doubt(link: Link): void {
    const before = this.#before
    const isKnown = this.#noted.some(({ head }) => head.hash === before?.hash)
    if (before && !isKnown) {
      this.#misfit = [before, link]
      return
    }
    const wanted = before ? 'the hash of the one before' : genesis
    this.#wrong(link.seq, link.line, `the entry was changed: its prev is not ${wanted}`)
  }

  /** Of two that do not fit together the second is right if somebody vouches for it. */
  #decide(entry?: Entry): void {
    const [first, second] = this.#misfit ?? []
    if (!first || !second) return
    this.#misfit = undefined
    const isNext = entry !== undefined && entry.seq === second.seq + 1
    const noted = this.#noted.find(({ head }) => head.seq === second.seq)
    const isRight = isNext ? entry.prev === second.hash : noted?.head.hash === second.hash
    const isUnknown = !isNext && noted === undefined
    const isFirst = isRight || isUnknown
    if (isFirst) this.#withdraw(first)
    const { seq, file, line: number } = isFirst ? first : second
    const problem = 'the entry was changed: its hash and its neighbours do not fit together'
    this.report({ seq, file, line: number, problem })
  }

  #sealProblem(entry: Entry): string | undefined {
    const sealed = this.#sealed
    if (this.#bytes > 0 || !sealed) return undefined
    const said = sealedBy(entry)
    if (!said) return 'the first entry of a file must seal the file before'
    if (said.name !== sealed.name) return `it seals ${said.name}, and ${sealed.name} stands before`
    if (said.bytes === sealed.bytes && said.sha256 === sealed.sha256) return undefined
    return `it seals ${said.bytes} bytes of ${said.name} with another hash; there are ${sealed.bytes}`
  }

  #wrong(seq: number, line: number, problem: string): void {
    this.report({ seq, file: this.#name, line, problem })
  }
}

function outOfPlace(seq: number, wanted: number): string {
  if (seq < wanted) return `entry ${seq} stands here again: it was inserted or moved`
  return `entry ${seq} stands here: ${rangeText(wanted, seq - 1)} missing, or moved`
}

function rangeText(from: number, to: number): string {
  return from === to ? `entry ${from} is` : `the entries ${from} to ${to} are`
}
