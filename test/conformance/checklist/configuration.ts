import { items, notYet, proven } from './item.ts'

const expand = 'src/config/expand.test.ts'
const load = 'src/config/load.test.ts'
const rows = 'test/conformance/validation.test.ts'
const told = (...names: string[]) =>
  proven(...names.map((row) => [rows, '%s is told', row] as const))
const noConnectors =
  'there are no connectors, as a processor that derives something stands under `receivers:` itself; a configuration with one is refused by name'

export const configuration = items('configuration', [
  [
    'expand_numbers',
    '`${…}` into an int: decimal, octal with a leading 0, hexadecimal; a quoted number is an error.',
    proven([expand, '%s from the environment is the int %d'], [expand, 'into %s, %s is an error']),
  ],
  [
    'expand_text',
    '`${…}` into a string, or within one, is the text as it stands in the variable.',
    proven([expand, 'from the environment is the same text in a string field']),
  ],
  [
    'expand_bool',
    '`${…}` into a bool takes no `t` and no `23`; a comment behind `true` matters only to strings.',
    proven(
      [expand, 'into %s, %s is an error'],
      [expand, 'a comment behind a bool does not matter to a bool'],
    ),
  ],
  [
    'expand_list',
    '`${…}` with a list fills a list, and references within it are expanded.',
    proven(
      [expand, 'a list from the environment fills a list'],
      [expand, 'references in what a reference brings are expanded too'],
    ),
  ],
  [
    'expand_escapes',
    'All escapes with `$$`, in the file and in what a reference brings.',
    proven([expand, '%s in the file becomes %s'], [expand, '%s brought by a reference becomes %s']),
  ],
  [
    'expand_errors',
    'Bad names, unknown schemes, `$` within a reference and endless recursion are errors.',
    proven([expand, '%s is an error']),
  ],
  [
    'expand_unset',
    'An unset variable is null with a warning, an empty one null with a hint; defaults count for unset ones alone.',
    proven([expand, 'an unset variable is null with a warning, an empty one null with a hint']),
  ],
  [
    'unknown_section',
    'An unknown section is named in upstream’s words.',
    told('an unknown section'),
  ],
  [
    'unknown_key',
    'An unknown key of a component is named by its place, with the nearest.',
    told('an unknown key in a component'),
  ],
  [
    'unknown_key_words',
    'An unknown key of a component is named in upstream’s words (`has invalid keys`).',
    notYet('the sentence is ours: `is no setting of …; did you mean …?`, at line and column'),
  ],
  ['unknown_type', 'An unknown type is named, with all valid ones.', told('an unknown type')],
  ['wrong_type', 'A wrong type is told as expected and found.', told('a wrong type')],
  [
    'no_receivers',
    'Missing receivers or exporters are told.',
    told('no receivers', 'no exporters'),
  ],
  ['no_pipelines', 'Missing pipelines are told.', told('no pipelines')],
  [
    'empty_pipeline',
    'A pipeline without receiver or exporter is told.',
    told('a pipeline without a receiver', 'a pipeline without an exporter'),
  ],
  [
    'undefined',
    'An undefined receiver, processor, exporter or extension is told where it is named.',
    told(
      'a receiver that is not there',
      'a processor that is not there',
      'an exporter that is not there',
      'an extension that is not there',
    ),
  ],
  [
    'twice',
    'A processor twice in one pipeline is told.',
    told('a processor twice in one pipeline'),
  ],
  [
    'connectors',
    'A connector is refused by name, with what to write instead.',
    told('a connector'),
  ],
  [
    'connector_ambiguous',
    'A connector’s id that an exporter or receiver has.',
    notYet(noConnectors),
  ],
  ['connector_one_side', 'A connector used on one side only.', notYet(noConnectors)],
  [
    'cycle',
    'A cycle through what processors derive is told with its way.',
    proven(['src/pipeline/graph-problems.test.ts', 'what a source emits must not come back to it']),
  ],
  [
    'signal',
    'A signal that a component does not know is told with the component.',
    told('a signal that a component does not know'),
  ],
  [
    'component_check',
    'A check of a component that fails is told with its path; all of them together.',
    proven(
      [rows, '%s is told', 'a check of a component that fails'],
      [rows, 'checks of one component are told together'],
    ),
  ],
  ['empty_file', 'An empty file is told.', told('an empty file', 'a text in place of a map')],
  [
    'unused',
    'A component that no pipeline uses is warned about.',
    told('a component that no pipeline uses'),
  ],
  ['bad_yaml', 'Bad YAML and duplicate keys are told.', told('bad YAML', 'a duplicate key')],
  [
    'all_at_once',
    'All problems are told in one run, each at its line and column, and nothing is started.',
    proven(
      ['src/config/fixtures.test.ts', '%s is refused with every problem at its place'],
      [load, 'one problem hides no other'],
      ['test/e2e/cli.test.ts', 'names everything that is wrong with a configuration at once'],
    ),
  ],
  [
    'merging',
    'Sources merge in their order: maps by key, all else is replaced, an explicit null erases.',
    proven([load, 'later sources win: maps merge, lists are replaced, an explicit null erases']),
  ],
  [
    'merging_printed',
    'print-config shows what several sources and `--set` come to, and what it shows is valid.',
    proven([
      'test/conformance/sources.test.ts',
      'print-config shows what several sources and --set come to, and what it shows is valid',
    ]),
  ],
  [
    'sources',
    'Sources are files, variables and inline YAML with `::`; other schemes are refused.',
    proven(
      [load, 'sources are files, variables and inline YAML with :: between keys'],
      [load, 'the sources %j are refused'],
    ),
  ],
  [
    'set',
    '`--set` comes last, its value is YAML, and its faults are told at the option.',
    proven(
      [load, '--set comes last and its value is YAML'],
      [load, 'a fault in --set is reported at the option'],
    ),
  ],
  [
    'round_trip',
    'What print-config prints without redaction loads again to the same, as YAML and as JSON.',
    proven(
      ['test/conformance/round-trip.test.ts', '$name printed without redaction loads again'],
      ['src/config/print.test.ts', 'any text survives printing and loading'],
    ),
  ],
  [
    'secrets_printed',
    'No printed form of a configuration holds a secret, nor does any of its problems.',
    proven(
      ['test/conformance/secrets.test.ts', 'the canary is in every secret key'],
      ['test/conformance/secrets.test.ts', 'no printed form of a configuration holds a secret'],
      ['test/conformance/secrets.test.ts', 'no problem of a configuration repeats a secret'],
    ),
  ],
  [
    'secrets_running',
    'No log line, status, metric or page of a running collector holds a secret.',
    proven(['test/e2e/cli.test.ts', 'shows no secret, wherever one looks']),
  ],
  [
    'corpus',
    'Configurations in the style of public ones, agent and gateway, load unchanged and give an engine.',
    proven(['test/corpus-config/corpus.test.ts', '${name} loads unchanged and gives an engine']),
  ],
  [
    'corpus_keys',
    'Together they use every key that is supported.',
    proven(
      ['test/corpus-config/corpus.test.ts', 'every key of every component is used somewhere'],
      ['test/corpus-config/corpus.test.ts', 'every key of service and of the extensions is used'],
    ),
  ],
  [
    'corpus_open_health',
    'A `health_check` that other machines reach, as charts write it, loads unchanged.',
    proven(
      [
        'test/corpus-config/corpus.test.ts',
        'a health_check on the address of a pod answers probes there, and nothing else is there',
      ],
      ['src/admin/probes.test.ts', 'has nothing else: no metrics, no status, no commands, no page'],
      ['test/e2e/cli.test.ts', 'lets other machines ask whether it is ready, and nothing else'],
    ),
  ],
  [
    'corpus_storage',
    'A file whose queues lie in a `file_storage` loads unchanged, and its requests are kept.',
    proven(
      ['test/corpus-config/corpus.test.ts', '${name} loads unchanged and gives an engine'],
      ['src/config/storage.test.ts', 'that a queue names keeps requests'],
    ),
  ],
  [
    'corpus_extensions',
    'A file that lists `zpages` or `pprof`, as public ones do, loads unchanged.',
    notYet(
      'of all extensions there are `health_check` and `file_storage`; the others are refused by name',
    ),
  ],
])
