import { main } from '../../src/cli/main.ts'
import { readManifest } from '../../src/cli/product.ts'
import { components, schemas } from '../../src/components.ts'

/** A command of ours that ends by itself, run within the test's own process. */
export async function ranHere(
  ...args: string[]
): Promise<{ readonly code: number; readonly text: string }> {
  let text = ''
  const write = (its: string) => {
    text += its
  }
  const product = { ...readManifest(), components, schemas }
  const code = await main(args, product, { out: write, err: write, env: {} })
  return { code, text }
}
