import { Command, InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../config/duration.ts'
import { didYouMean } from '../config/nearest.ts'
import { tokenVariable } from './admin-client.ts'
import { auditCommands } from './audit.ts'
import { listComponents } from './components.ts'
import { type ExplainOptions, explainCommand } from './explain/command.ts'
import type { ConfigOptions } from './load.ts'
import { type Product, type Terminal, UsageError } from './product.ts'
import { queueCommands } from './queue.ts'
import { reloadCommand } from './reload-command.ts'
import { type ReplayOptions, replay } from './replay/command.ts'
import { type RunOptions, run } from './run.ts'
import { type SchemaOptions, schemaCommand } from './schema.ts'
import { type StatusOptions, status } from './status.ts'
import { storageCommands } from './storage.ts'
import { type PrintConfigOptions, printConfigCommand, validate } from './validate.ts'

/**
 * The whole command line.
 *
 * @param done told the exit code of the command that ran
 */
export function program(
  product: Product,
  terminal: Terminal,
  done: (code: number) => void,
): Command {
  const { name, version, description } = product
  const root = new Command(name)
    .description(description)
    .version(`${name} version ${version}`, '-v, --version', 'print the version')
    .helpCommand('help [command]', 'print help for a command')
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      outputError: (text, write) => write(text.replace(/^error: /, 'Error: ')),
    })
    .exitOverride()

  withConfig(root.command('run', { isDefault: true }))
    .description('run the collector (the default command)')
    .option('--shutdown-timeout <duration>', 'how long a stop may take', millis, 25_000)
    .option('--feature-gates <gates>', 'accepted as by otelcol; there are no gates')
    .allowExcessArguments()
    .action(async (options: RunOptions, { args }: Command) => {
      refuseUnknown(args, root)
      done(await run(options, product, terminal))
    })

  withConfig(root.command('validate'))
    .description('check a configuration without starting anything; silent when it is right')
    .action(async (options: ConfigOptions) => done(await validate(options, product, terminal)))

  root
    .command('components')
    .description('list all that a configuration may name, as YAML')
    .action(() => done(listComponents(product, terminal)))

  withConfig(root.command('print-config').alias('print-initial-config'))
    .description('print the configuration as it is understood (experimental)')
    .addOption(new Option('--format <format>', 'form').choices(['yaml', 'json']).default('yaml'))
    .addOption(
      new Option('--mode <mode>', 'whether secrets are shown')
        .choices(['redacted', 'unredacted'])
        .default('redacted'),
    )
    .option('--validate [boolean]', 'build the graph too', (value) => value !== 'false', true)
    .action(async (options: PrintConfigOptions) =>
      done(await printConfigCommand(options, product, terminal)),
    )

  root
    .command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .option('--output <file>', 'write it to a file instead')
    .action(async (options: SchemaOptions) => done(await schemaCommand(options, product, terminal)))

  withConfig(root.command('replay'))
    .description('send recorded input through a pipeline, in virtual time, and show what comes out')
    .argument('<path>', 'a pipeline folder, or a file of OTLP (.json, .jsonl or .pb)')
    .option('--write', "write a folder's expected.json anew")
    .addOption(
      new Option('--signal <signal>', 'what a .pb file holds').choices([
        'traces',
        'logs',
        'metrics',
      ]),
    )
    .action(async (path: string, options: ReplayOptions) =>
      done(await replay(path, options, product, terminal)),
    )

  withConfig(root.command('explain'))
    .description('show what is understood of recorded spans and events, and where it was read')
    .argument('<otlp file>', 'requests of traces or logs (.json, .jsonl or .pb), at most 64 MiB')
    .option('--json', 'the same for machines', false)
    .addOption(new Option('--signal <signal>', 'what a .pb file holds').choices(['traces', 'logs']))
    .action(async (path: string, options: ExplainOptions) =>
      done(await explainCommand(path, options, product, terminal)),
    )

  root.addCommand(reloadCommand(product, terminal, done))

  root
    .command('status')
    .description(`ask a running collector how it is (a token is read from ${tokenVariable})`)
    .option('--endpoint <url>', 'its admin server', 'http://127.0.0.1:13133')
    .option('--json', 'the whole status document', false)
    .action(async (options: StatusOptions) => done(await status(options, product, terminal)))

  auditCommands(root.command('audit'), withConfig, product, terminal, done)

  queueCommands(root.command('queue'), withConfig, product, terminal, done)
  storageCommands(root.command('storage'), withConfig, product, terminal, done)

  return root
}

function withConfig(command: Command): Command {
  return command
    .option('--config <source>', 'file, env:NAME or yaml:…; repeat to merge', append, [])
    .option('--set <key=value>', 'change one setting; repeat for more', append, [])
}

/** What is no command ends up as an argument of the default one. */
function refuseUnknown([word]: readonly string[], { commands }: Command): void {
  if (word === undefined) return
  const names = commands.map((it) => it.name())
  throw new UsageError(`unknown command "${word}"${didYouMean(word, names) || '; see --help'}`)
}

function append(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value]
}

function millis(text: string): number {
  const duration = parseDuration(text)
  if (typeof duration === 'string') throw new InvalidArgumentError(duration)
  return duration
}
