/** `type` or `type/name`, as written before a component's settings and in pipelines. */
export interface ComponentId {
  readonly id: string
  readonly type: string
  readonly name?: string
}

const typePattern = /^[a-zA-Z][0-9a-zA-Z_]{0,62}$/
const namePattern = /^[^\p{Z}\p{C}\p{S}]{1,1024}$/u

/**
 * Reads an id; blanks around its parts do not count.
 *
 * @returns the sentence that says what is wrong where it is no id
 */
export function parseComponentId(input: string): ComponentId | string {
  const slash = input.indexOf('/')
  const type = (slash < 0 ? input : input.slice(0, slash)).trim()
  if (slash < 0 && type === '') return 'is no component id: id must not be empty'
  if (type === '') return 'is no component id: the part before / should not be empty'
  if (!typePattern.test(type)) {
    return `is no component id: invalid character(s) in type "${type}"; write letters, digits and _, a letter first`
  }
  if (slash < 0) return { id: type, type }
  const name = input.slice(slash + 1).trim()
  if (name === '') return 'is no component id: the part after / should not be empty'
  if (!namePattern.test(name)) {
    return `is no component id: invalid character(s) in name "${name}"; write no blanks and no symbols`
  }
  return { id: `${type}/${name}`, type, name }
}
