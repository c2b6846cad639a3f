import { reasonOf, type Surroundings } from './sources.ts'
import { scalar, type Tree } from './tree.ts'
import { parseYaml } from './yaml-tree.ts'

/** Why a `${…}` cannot be expanded, in upstream's words. */
export class ExpansionError extends Error {}

/** What a `${…}` stands for. */
export interface Retrieved {
  readonly text: string
  /** What the text means as YAML; missing where it is no more than a string. */
  readonly tree?: Tree
  /** The name of a variable that is not set, or set to nothing. */
  readonly unset?: string
  readonly empty?: string
}

const uriPattern = /^([A-Za-z][A-Za-z0-9+.-]+):(.*)$/s
const namePattern = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** Looks up `env:`, `file:` and `yaml:` references; each file is read once. */
export class References {
  readonly #surroundings: Surroundings
  readonly #known = new Map<string, Promise<Retrieved>>()

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /** @param inside what stands between `${` and `}`; without a scheme it is a variable's name */
  retrieve(inside: string): Promise<Retrieved> {
    const known = this.#known.get(inside)
    if (known !== undefined) return known
    const retrieved = this.#retrieve(inside.includes(':') ? inside : `env:${inside}`)
    this.#known.set(inside, retrieved)
    return retrieved
  }

  async #retrieve(uri: string): Promise<Retrieved> {
    const [, scheme, opaque = ''] = uriPattern.exec(uri) ?? []
    if (scheme === undefined) throw new ExpansionError(`invalid uri: "${uri}"`)
    if (opaque.includes('$')) {
      throw new ExpansionError(`the uri "${uri}" contains unsupported characters ('$')`)
    }
    if (scheme === 'env') return this.#variable(opaque)
    if (scheme === 'file') return this.#file(opaque)
    if (scheme === 'yaml') return fromYaml(opaque, uri)
    throw new ExpansionError(unsupported(scheme, uri))
  }

  /** A default counts when the variable is unset, not when it is empty. */
  #variable(opaque: string): Retrieved {
    const cut = opaque.indexOf(':-')
    const name = cut < 0 ? opaque : opaque.slice(0, cut)
    if (!namePattern.test(name)) {
      const rule = `has invalid name: must match regex ${namePattern.source}`
      throw new ExpansionError(`environment variable "${name}" ${rule}`)
    }
    const { env } = this.#surroundings
    const text = Object.hasOwn(env, name) ? env[name] : undefined
    if (text !== undefined) {
      return { ...fromYaml(text, `env:${name}`), ...(text === '' && { empty: name }) }
    }
    if (cut >= 0) return fromYaml(opaque.slice(cut + 2), `env:${name}`)
    return { ...fromYaml('', `env:${name}`), unset: name }
  }

  async #file(path: string): Promise<Retrieved> {
    try {
      const text = await this.#surroundings.readFile(path)
      return fromYaml(text.replace(/\r?\n$/, ''), path)
    } catch (cause) {
      throw new ExpansionError(`unable to read the file file:${path}: ${reasonOf(cause)}`)
    }
  }
}

function unsupported(scheme: string, uri: string): string {
  const sentence = `scheme "${scheme}" is not supported for uri "${uri}"`
  if (uri.startsWith(`${scheme}:-`)) return `${sentence}; write \${env:${uri}}`
  return /^https?$/.test(scheme) ? `${sentence}: it is not enabled` : sentence
}

/** Text that is no YAML, or is a YAML string, counts as it stands: quotes, tags and all. */
function fromYaml(text: string, label: string): Retrieved {
  const { tree, problems } = parseYaml({ label, text })
  if (problems.length > 0) return { text }
  if (tree === undefined)
    return { text, tree: scalar(null, { source: { label, text }, offset: 0 }) }
  if (tree.kind === 'scalar' && typeof tree.value === 'string') return { text }
  return { text, tree }
}
