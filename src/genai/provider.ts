import { memo } from './memo.ts'
import { isBedrockModel } from './model.ts'

/**
 * Who serves a model, by the names of the conventions (open-telemetry/semantic-conventions-genai,
 * `gen_ai.provider.name`); a provider that they do not know keeps its name in lower case. A
 * framework in the place of a provider says nothing: then the model tells.
 *
 * @param raw what the span calls its provider
 * @param model id of the model that was asked for or that answered
 */
export function providerOf(raw: string | undefined, model: string | undefined): string | undefined {
  const provider = raw === undefined ? '' : providerNamed(raw)
  if (provider === '') return model === undefined ? undefined : providerOfModel(model) || undefined
  if (model !== undefined && hostedOnBedrock.has(provider) && isBedrockModel(model)) {
    return 'aws.bedrock'
  }
  return provider
}

/** Vendors whose name stands there although Bedrock serves their model. */
const hostedOnBedrock: ReadonlySet<string> = new Set([
  'anthropic',
  'cohere',
  'mistral_ai',
  'deepseek',
])

/** Longer texts are no names of providers. */
const maxLength = 128

/** Empty for a framework, and for what is no name at all. */
const providerNamed: (raw: string) => string = memo((raw) => {
  const name = unquoted(raw)
  for (let end = name.length; end > 0; end = lastSeparator(name, end)) {
    const known = providers.get(squeezed(name.slice(0, end)))
    if (known !== undefined) return known
  }
  return squeezed(name) === '' ? '' : name
})

/** In lower case; MLflow writes every text as JSON. */
function unquoted(text: string): string {
  return text.slice(0, maxLength).replaceAll('"', '').trim().toLowerCase()
}

/** Where the last part of a name begins, as in `openai.responses` or `vertex_ai_beta`. */
function lastSeparator(name: string, end: number): number {
  for (let at = end - 1; at > 0; at--) if ('.-/_ '.includes(name.charAt(at))) return at
  return 0
}

function squeezed(name: string): string {
  return name.replace(/[^a-z0-9]/g, '')
}

/**
 * Spellings without punctuation. Sources: vercel/ai packages/otel/src/gen-ai-format-messages.ts,
 * mastra-ai/mastra observability/otel-exporter/src/gen-ai-semantics.ts, and the constants of
 * OpenInference, OpenLLMetry and LiteLLM.
 */
const spellings: Readonly<Record<string, readonly string[]>> = {
  openai: ['openai', 'oai'],
  'azure.ai.openai': ['azureaiopenai', 'azaiopenai', 'azureopenai', 'azure'],
  'azure.ai.inference': ['azureaiinference', 'azaiinference', 'azurechat', 'azureai'],
  anthropic: ['anthropic', 'claude'],
  'aws.bedrock': ['awsbedrock', 'aws', 'bedrock', 'amazonbedrock', 'amazon'],
  'gcp.vertex_ai': ['gcpvertexai', 'vertexai', 'vertex', 'googlevertex', 'googlevertexai'],
  'gcp.gemini': ['gcpgemini', 'gemini', 'google', 'googlegenai', 'googlegenerativeai', 'googlegla'],
  'gcp.gen_ai': ['gcpgenai'],
  cohere: ['cohere'],
  mistral_ai: ['mistral', 'mistralai'],
  groq: ['groq'],
  deepseek: ['deepseek'],
  perplexity: ['perplexity', 'pplx'],
  'ibm.watsonx.ai': ['watsonx', 'ibm', 'ibmwatsonx', 'ibmwatsonxai', 'watsonxai'],
  x_ai: ['xai'],
  moonshot_ai: ['moonshot', 'moonshotai'],
  together_ai: ['togetherai', 'together'],
  fireworks: ['fireworks', 'fireworksai'],
  hugging_face: ['huggingface'],
  aleph_alpha: ['alephalpha'],
  hosted_vllm: ['hostedvllm'],
  '': [
    'strandsagents',
    'gcpvertexagent',
    'langchain',
    'langgraph',
    'crewai',
    'microsoftagentframework',
    'agentframework',
    'openaiagents',
    'claudeagentsdk',
    'smolagents',
    'other',
    'unknown',
  ],
}

const providers: ReadonlyMap<string, string> = new Map(
  Object.entries(spellings).flatMap(([provider, names]) => names.map((name) => [name, provider])),
)

/** Empty where the id does not tell. */
const providerOfModel: (model: string) => string = memo((model) => {
  if (isBedrockModel(model)) return 'aws.bedrock'
  const id = model
    .slice(0, maxLength)
    .trim()
    .toLowerCase()
    .replace(/^(models\/|ft:)/, '')
  if (id.startsWith('projects/') || id.startsWith('publishers/')) return 'gcp.vertex_ai'
  const slash = id.indexOf('/')
  const host = slash < 0 ? '' : (providers.get(squeezed(id.slice(0, slash))) ?? '')
  return host || (families.find(([begin]) => begin.test(id.slice(slash + 1)))?.[1] ?? '')
})

/** Families of models that are in the first place one provider's. */
const families: readonly (readonly [begin: RegExp, provider: string])[] = [
  [/^text-embedding-00\d/, 'gcp.gemini'],
  [/^(gpt-|chatgpt-|o[134](-|$)|text-embedding-|dall-e-|whisper-|tts-)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^(gemini-|gemini$)/, 'gcp.gemini'],
  [/^(command-|command$|embed-|rerank-)/, 'cohere'],
  [/^(mistral-|ministral-|codestral-|magistral-|pixtral-)/, 'mistral_ai'],
  [/^deepseek-/, 'deepseek'],
  [/^grok-/, 'x_ai'],
  [/^sonar(-|$)/, 'perplexity'],
  [/^(kimi-|moonshot-)/, 'moonshot_ai'],
]
