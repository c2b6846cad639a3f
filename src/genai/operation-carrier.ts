import type { AttributeSlots, ValueView } from '../pdata/attributes.ts'
import type { DialectName, OperationCarrier } from './dialect.ts'
import { dialects } from './dialects.ts'
import type { Operation } from './operation.ts'
import { plainWord, Spellings, wordIn } from './spelling.ts'

/** Words of no dialect that stand for nothing. */
const silentWords: readonly string[] = ['', 'none', 'null', 'undefined', 'n/a']

/** An attribute that says what a span does, with the words of every dialect that writes it. */
export class Carrier {
  /** Others use the key for something else: it speaks only of dialects told otherwise. */
  readonly isShared: boolean
  /** It is asked only where no carrier before it is there. */
  readonly isLastResort: boolean
  readonly #slot: number
  readonly #isFirstWord: boolean
  readonly #silent: ReadonlySet<string>
  readonly #words = new Spellings<Operation>()
  /** Words that dialects disagree about, and all words where the key is shared. */
  readonly #own = new Map<DialectName, Spellings<Operation>>()

  constructor(key: string, slot: number) {
    const uses = usesOf(key)
    const carriers = uses.map(([, carrier]) => carrier)
    this.#slot = slot
    this.isShared = carriers.some(({ isShared }) => isShared === true)
    this.isLastResort = carriers.some(({ isLastResort }) => isLastResort === true)
    this.#isFirstWord = carriers.some(({ isFirstWord }) => isFirstWord === true)
    this.#silent = new Set([
      ...silentWords,
      ...carriers.flatMap(({ silent = [] }) => silent.map(plainWord)),
    ])
    const disputed = disputedWords(carriers)
    for (const [dialect, { values }] of uses) {
      for (const [word, operation] of Object.entries(values)) {
        if (this.isShared || disputed.has(word)) this.#addOwn(dialect, word, operation)
        if (!this.isShared) this.#words.add(word, operation)
      }
    }
  }

  /** `unknown` for a word that no table has, `undefined` where nothing is said. */
  read(slots: AttributeSlots, told: readonly DialectName[]): Operation | 'unknown' | undefined {
    const value = slots.get(this.#slot)
    if (value === undefined) return undefined
    if (this.isShared && !told.some((dialect) => this.#own.has(dialect))) return undefined
    const word = this.#wordIn(value)
    if (word === undefined) return 'unknown'
    const said = this.#ownWord(word, told) ?? this.#words.get(word)
    return said ?? (this.#silent.has(plainWord(word)) ? undefined : 'unknown')
  }

  #addOwn(dialect: DialectName, word: string, operation: Operation): void {
    const own = this.#own.get(dialect) ?? new Spellings<Operation>()
    own.add(word, operation)
    this.#own.set(dialect, own)
  }

  #ownWord(word: string, told: readonly DialectName[]): Operation | undefined {
    if (this.#own.size === 0) return undefined
    for (const dialect of told) {
      const said = this.#own.get(dialect)?.get(word)
      if (said !== undefined) return said
    }
    return undefined
  }

  #wordIn(value: ValueView): string | undefined {
    const word = wordIn(value)
    return this.#isFirstWord ? word?.trim().split(' ', 1)[0] : word
  }
}

type Use = readonly [dialect: DialectName, carrier: OperationCarrier]

function usesOf(key: string): readonly Use[] {
  return dialects.flatMap(({ name, operations = [] }) =>
    operations.filter((carrier) => carrier.key === key).map((carrier) => [name, carrier] as const),
  )
}

/** Words to which two dialects give different meanings. */
function disputedWords(carriers: readonly OperationCarrier[]): ReadonlySet<string> {
  const meanings = new Map<string, Operation>()
  const disputed = new Set<string>()
  for (const [word, meaning] of carriers.flatMap(({ values }) => Object.entries(values))) {
    if ((meanings.get(word) ?? meaning) !== meaning) disputed.add(word)
    meanings.set(word, meaning)
  }
  return disputed
}
