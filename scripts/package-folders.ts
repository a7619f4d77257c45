// Prevents a package without its documentation: empties what the build of @sallyport/dev makes, and copies what it takes along.
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const target = `${root}packages/dev/`

for (const folder of ['dist', 'docs', 'skills']) rmSync(`${target}${folder}`, { recursive: true, force: true })
for (const folder of ['docs', 'skills'])
  cpSync(`${root}${folder}`, `${target}${folder}`, { recursive: true, filter: (path) => !path.endsWith('evals') })
