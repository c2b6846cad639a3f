/** How the scores of evaluators are read where a label does not say it. */
export interface VerdictRules {
  /** The score from which an output is good, or for a fault from which it is bad. */
  readonly cut: number
  /** The same for single evaluators, by their name; their scores may have any scale. */
  readonly cuts: ReadonlyMap<string, number>
  /** Whether a low score is the good one, by the name of the evaluator; else its name tells. */
  readonly lowerIsBetter: ReadonlyMap<string, boolean>
}

export const defaultVerdictRules: VerdictRules = {
  cut: 0.5,
  cuts: new Map(),
  lowerIsBetter: new Map(),
}

/** What a verdict says, as far as it decides whether the output passed. */
export interface Judgement {
  readonly name: string
  readonly score: number | undefined
  readonly label: string | undefined
}

/**
 * Whether the output passed: by the label where it is known, else by the score. `undefined` when
 * neither says it; a score outside of 0 to 1 says nothing unless its evaluator has a cut of its own.
 */
export function isPassed(judgement: Judgement, rules: VerdictRules): boolean | undefined {
  const { name, label } = judgement
  const meaning = label === undefined ? undefined : labels.get(plain(label))
  if (meaning === 'abstained') return undefined
  if (meaning === 'pass' || meaning === 'fail') return meaning === 'pass'
  const isFault = rules.lowerIsBetter.get(name) ?? isLowerBetter(name)
  if (meaning !== undefined) return (meaning === 'yes') !== isFault
  return passesCut(judgement, isFault, rules)
}

function passesCut({ name, score }: Judgement, isFault: boolean, rules: VerdictRules) {
  const ownCut = rules.cuts.get(name)
  if (score === undefined || !Number.isFinite(score)) return undefined
  if (ownCut === undefined && (score < 0 || score > 1)) return undefined
  const isAbove = score >= (ownCut ?? rules.cut)
  return isAbove !== isFault
}

/**
 * What a label means. `yes` and `no` answer the evaluator's question, and so are good or bad as its
 * polarity has it; the others are good or bad by themselves.
 */
type Meaning = 'pass' | 'fail' | 'yes' | 'no' | 'abstained'

const labels: ReadonlyMap<string, Meaning> = new Map([
  ...spelt(
    'pass',
    'pass passed success correct relevant factual safe grounded good non_toxic thumbs_up',
  ),
  ...spelt('fail', 'fail failed failure incorrect irrelevant unrelated hallucinated hallucination'),
  ...spelt('fail', 'unsafe toxic ungrounded bad thumbs_down'),
  ...spelt('yes', 'yes true 1 1.0'),
  ...spelt('no', 'no false 0 0.0'),
  ...spelt('abstained', 'abstain abstained skipped error inconclusive not_applicable'),
])

function spelt(meaning: Meaning, spellings: string): [string, Meaning][] {
  return spellings.split(' ').map((spelling) => [spelling, meaning])
}

function plain(label: string): string {
  return label
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
}

/** What an evaluator looks for when a high score is bad. */
const faults: ReadonlySet<string> = new Set(
  (
    'hallucination hallucinations hallucinated toxicity toxic bias pii jailbreak refusal ' +
    'injection harm harmfulness'
  ).split(' '),
)

/** What turns the name of a fault into its absence: `no_hallucination`, `pii_free`. */
const negations: ReadonlySet<string> = new Set(
  'no not non without free absence resistance avoidance'.split(' '),
)

/** Whether an evaluator of this name gives high scores to bad outputs. */
export function isLowerBetter(name: string): boolean {
  const words = wordsOf(name)
  return words.some((word) => faults.has(word)) && !words.some((word) => negations.has(word))
}

/** `HallucinationRate`, `hallucination_rate` and `Hallucination rate` are the same words. */
function wordsOf(name: string): readonly string[] {
  return name
    .slice(0, maxNameLength)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
}

const maxNameLength = 256
