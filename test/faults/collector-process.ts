import { main } from '../../src/cli/main.ts'
import { readManifest } from '../../src/cli/product.ts'
import { components, schemas } from '../../src/components.ts'
import { countSpans } from './count-spans.ts'

/** The product with one processor more, whose sums tests can hold against what they sent. */
const product = {
  ...readManifest(),
  components: { ...components, processors: [...components.processors, countSpans] },
  schemas: { ...schemas, processors: [...schemas.processors, countSpans] },
}
const terminal = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
  env: process.env,
}

process.exit(await main(process.argv.slice(2), product, terminal))
