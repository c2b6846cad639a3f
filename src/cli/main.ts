import { CommanderError } from 'commander'
import { type Product, type Terminal, UsageError } from './product.ts'
import { program } from './program.ts'

/**
 * Runs the command that the arguments name.
 *
 * @param args without the program's own name
 * @returns the exit code: 0, or 1 after one `Error: …`
 */
export async function main(
  args: readonly string[],
  product: Product,
  terminal: Terminal,
): Promise<number> {
  let code = 0
  const root = program(product, terminal, (its) => {
    code = its
  })
  try {
    await root.parseAsync(args, { from: 'user' })
    return code
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 1
    terminal.err(`Error: ${explained(cause)}\n`)
    return 1
  }
}

/** The sentence alone where the user can do something about it; the stack where it is a defect. */
function explained(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const isExpected = cause instanceof UsageError || cause.message.startsWith('cannot start')
  return isExpected ? cause.message : (cause.stack ?? cause.message)
}
