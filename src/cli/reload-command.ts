import { Command } from 'commander'
import { z } from 'zod'
import { giveAdmin, tokenVariable } from './admin-client.ts'
import type { Product, Terminal } from './product.ts'
import { reportText } from './reload.ts'

const report = z.object({
  outcome: z.enum(['unchanged', 'reloaded', 'refused']),
  changes: z.string().optional(),
  needs_restart: z.array(z.string()).optional(),
  problem: z.string().optional(),
})

/** `reload`: tells a running collector to read its configuration again. */
export function reloadCommand(
  product: Product,
  terminal: Terminal,
  done: (code: number) => void,
): Command {
  return new Command('reload')
    .description(
      `tell a running collector to read its configuration again (a token is read from ${tokenVariable})`,
    )
    .option('--endpoint <url>', 'its admin server', 'http://127.0.0.1:13133')
    .action(async ({ endpoint }: { endpoint: string }) => {
      const url = new URL('/api/v1/reload', endpoint)
      const answer = report.parse(await giveAdmin(url, {}, product, terminal))
      terminal.out(`${reportText(answer)}\n`)
      done(answer.outcome === 'refused' ? 1 : 0)
    })
}
