import { styleText } from 'node:util'

/** How parts of a line are set apart. */
export interface Paint {
  strong(text: string): string
  weak(text: string): string
  good(text: string): string
  bad(text: string): string
}

const as = (format: Parameters<typeof styleText>[0]) => (text: string) =>
  styleText(format, text, { validateStream: false })

/** For a terminal. */
export const coloured: Paint = {
  strong: as('bold'),
  weak: as('dim'),
  good: as('green'),
  bad: as('red'),
}

const same = (text: string) => text

/** For everything else. */
export const plain: Paint = { strong: same, weak: same, good: same, bad: same }
