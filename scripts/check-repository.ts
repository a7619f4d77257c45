// Prevents small embarrassments in what is committed: download addresses, machine paths, an overlong README.
import { readFileSync } from 'node:fs'
import { projectFiles } from './project-files.js'

interface Rule {
  readonly name: string
  applies(path: string): boolean
  /** What is wrong with the file, or nothing. */
  problem(text: string): string | undefined
}

const rules: readonly Rule[] = [
  {
    name: 'a lock file names no download address',
    applies: (path) => path.endsWith('package-lock.json'),
    problem: (text) => (text.includes('"resolved": "http') ? 'has "resolved" addresses' : undefined),
  },
  {
    name: 'the README has at most 150 lines',
    applies: (path) => path === 'README.md',
    problem: (text) => (text.split('\n').length > 151 ? `has ${text.split('\n').length - 1} lines` : undefined),
  },
  {
    name: 'no path of a machine',
    applies: () => true,
    problem: (text) => /(?:^|[\s"'`(=])\/(?:work|tmp|root|home|Users)\/\S*/m.exec(text)?.[0],
  },
  {
    name: 'nothing left to do in the code',
    applies: (path) => /\.tsx?$/.test(path) && path !== 'scripts/check-repository.ts',
    problem: (text) =>
      /\b(?:TODO|FIXME|XXX)\b|\b(?:it|test|describe)\.(?:only|skip|todo|fails)\b|@ts-(?:ignore|nocheck)/.exec(
        text,
      )?.[0],
  },
]

const problems = projectFiles().flatMap((path) => {
  const text = readFileSync(path, 'utf8')
  return rules.flatMap((rule) => {
    const problem = rule.applies(path) ? rule.problem(text) : undefined
    return problem === undefined ? [] : [`${path}: ${problem} (${rule.name})`]
  })
})
for (const problem of problems) console.log(problem)
process.exitCode = problems.length === 0 ? 0 : 1
