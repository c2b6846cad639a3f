/** Measures and prints; `.bench/result.json` has the same for machines. Nothing is asserted. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { endToEndRow } from './end-to-end.ts'
import { pdataRow } from './pdata.ts'
import { asTable, type Row } from './table.ts'

const rows: Row[] = [{ must: 3, aim: 6, ...(await pdataRow()) }, await endToEndRow()]
console.log(asTable(rows))
const folder = join(import.meta.dirname, '../../.bench')
await mkdir(folder, { recursive: true })
const result = { node: process.version, platform: process.platform, arch: process.arch, rows }
await writeFile(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`)
