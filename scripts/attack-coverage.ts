// Prevents a case of the attack list from losing its test: lists which ids have one, and fails when one that had is gone.
import { readFileSync, writeFileSync } from 'node:fs'
import { projectFiles } from './project-files.js'

/** How many cases each group of the attack list has. */
const groups: Readonly<Record<string, number>> = {
  A: 38,
  B: 17,
  C: 29,
  D: 32,
  E: 27,
  F: 32,
  G: 32,
  H: 30,
  I: 18,
  J: 10,
  K: 10,
  L: 5,
}
const record = 'scripts/attacks-covered.txt'

const all = Object.entries(groups).flatMap(([group, count]) =>
  Array.from({ length: count }, (_, index) => `${group}${String(index + 1).padStart(2, '0')}`),
)
const titles = projectFiles()
  .filter((path) => path.endsWith('.test.ts'))
  .flatMap((path) => idsIn(readFileSync(path, 'utf8')))
const covered = new Set(titles.filter((id) => all.includes(id)))

/** The ids with which test titles begin. */
function idsIn(source: string): readonly string[] {
  return [...source.matchAll(/['"`]([A-L]\d{2}) [a-z]/g)].flatMap(([, id]) => id ?? [])
}

for (const group of Object.keys(groups)) {
  const ids = all.filter((id) => id.startsWith(group))
  const missing = ids.filter((id) => !covered.has(id))
  const list =
    missing.length === 0 ? '' : missing.length === ids.length ? 'not yet: all' : `not yet: ${missing.join(' ')}`
  console.log(
    `${group}  ${String(ids.length - missing.length).padStart(2)} of ${String(ids.length).padStart(2)}  ${list}`,
  )
}
console.log(`${covered.size} of ${all.length} cases have a test`)

if (process.argv.includes('--update')) writeFileSync(record, `${all.filter((id) => covered.has(id)).join('\n')}\n`)
const lost = readFileSync(record, 'utf8')
  .split('\n')
  .filter((id) => id !== '' && !covered.has(id))
if (lost.length > 0) console.log(`These had a test and have none now: ${lost.join(' ')}`)
process.exitCode = lost.length === 0 ? 0 : 1
