import { stringify } from 'yaml'
import type { Catalogue } from '../component/factory.ts'
import { type Section, sections } from '../config/catalogue.ts'
import type { Product, Terminal } from './product.ts'

/** Lists what a configuration may name, in the YAML shape of `otelcol components`. */
export function listComponents(product: Product, terminal: Terminal): number {
  const { name, description, version, components } = product
  const lists = sections.map((section) => [section, listOf(section, components)])
  const list = {
    buildinfo: { command: name, description, version },
    ...Object.fromEntries(lists),
    connectors: [],
    extensions: [],
    providers: ['env', 'file', 'yaml'].map((scheme) => ({ scheme, module: 'src/config' })),
    converters: [],
  }
  terminal.out(stringify(list))
  return 0
}

function listOf(section: Section, components: Catalogue) {
  return components[section]
    .map(({ type, stability, kinds }) => {
      const level = Object.fromEntries(kinds.map((kind) => [kind, stability]))
      return { name: type, module: `${section}/${type}`, stability: level }
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
