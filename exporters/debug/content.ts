/** Words in keys under which people's and models' words travel, in any dialect. */
const contentWords = new Set([
  ...['message', 'messages', 'prompt', 'prompts', 'completion', 'completions'],
  ...['content', 'contents', 'input', 'inputs', 'output', 'outputs', 'text', 'texts', 'body'],
  ...['instruction', 'instructions', 'argument', 'arguments', 'args', 'params', 'parameters'],
  ...['result', 'results', 'document', 'documents', 'transcript', 'thinking', 'reasoning'],
  ...['request', 'response', 'answer', 'question', 'query', 'events'],
])

/** Last words of keys that name a property of such a text, never the text. */
const propertyWords = new Set([
  ...['type', 'name', 'id', 'role', 'model', 'count', 'reason', 'reasons', 'format', 'status'],
  ...['code', 'method', 'version', 'provider', 'system', 'language'],
])

/** Strings beyond this are taken for text under whatever key. */
const longestLabel = 80

/**
 * Whether a string under this key may be what somebody said: a prompt, an answer, the arguments or
 * the result of a tool. Numbers and booleans never are.
 */
export function isContent(key: string, text: string): boolean {
  if (text.length > longestLabel) return true
  const words = key
    .replace(/([a-z])([A-Z])/g, '$1.$2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
  if (propertyWords.has(words.at(-1) ?? '')) return false
  return words.some((word) => contentWords.has(word))
}
