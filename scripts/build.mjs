// Makes dist/: what the product imports, as JavaScript, and nothing that only tests use.
import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

rmSync(join(root, 'dist'), { recursive: true, force: true })
try {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  })
} catch {
  process.exit(1)
}
chmodSync(join(root, 'dist', 'src', 'cli', 'launcher.js'), 0o755)
