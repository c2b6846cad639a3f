import type { AttributeMatcher, AttributeSlots } from '../pdata/attributes.ts'
import type { DialectName } from './dialect.ts'
import { dialects } from './dialects.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import { wordIn } from './spelling.ts'

/** All keys that {@link Noise} reads. */
export const noiseKeys: readonly string[] = dialects.flatMap(({ noise = [] }) =>
  noise.flatMap(({ attribute }) => (attribute === undefined ? [] : [attribute[0]])),
)

/** Says which spans say nothing, by attributes on spans of any dialect, and by names of its own. */
export class Noise {
  readonly #attributes: readonly (readonly [slot: number, value: string, reason: string])[]
  readonly #names: ReadonlyMap<DialectName, readonly (readonly [fits: Pattern, reason: string])[]>

  constructor(matcher: AttributeMatcher) {
    this.#attributes = dialects.flatMap(({ noise = [] }) =>
      noise.flatMap(({ attribute, reason }) =>
        attribute === undefined
          ? []
          : [[matcher.slotOf(attribute[0]), attribute[1], reason] as const],
      ),
    )
    this.#names = new Map(
      dialects.flatMap(({ name, noise = [] }) => {
        const names = noise.flatMap(({ spanName, reason }) =>
          spanName === undefined ? [] : [[compilePattern(spanName), reason] as const],
        )
        return names.length === 0 ? [] : [[name, names]]
      }),
    )
  }

  /** Why a span says nothing; `undefined` where it says something. */
  of(slots: AttributeSlots, told: readonly DialectName[], name: () => string): string | undefined {
    for (const [slot, value, reason] of this.#attributes) {
      const view = slots.get(slot)
      if (view !== undefined && wordIn(view) === value) return reason
    }
    for (const dialect of told) {
      for (const [fits, reason] of this.#names.get(dialect) ?? []) if (fits(name())) return reason
    }
    return undefined
  }
}
