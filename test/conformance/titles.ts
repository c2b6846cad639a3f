/**
 * The titles of the tests in a file's text: every string that is followed by a test's body. A title
 * made of a template is what the template says, with its `${…}` or `%s`.
 */
export function titlesIn(text: string): string[] {
  const title = /(?<quote>['"`])(?<title>(?:\\.|(?!\k<quote>)[^\\\n])*)\k<quote>,\s*/.source
  const options = /(?:\{[^{}]*\},\s*)?/.source
  const body = /(?:async\s*)?(?:\(|\w+\s*=>)/.source
  return [...text.matchAll(new RegExp(title + options + body, 'g'))].map((it) =>
    unescaped(it.groups?.title ?? ''),
  )
}

function unescaped(title: string): string {
  return title
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replaceAll(/\\(['"`\\])/g, '$1')
}
