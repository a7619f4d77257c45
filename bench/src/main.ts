import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureDpop } from './dpop.ts'
import { measureHttp } from './http.ts'
import { measureInstalledSize } from './installed-size.ts'
import { describeMachine } from './machine.ts'
import { measureMemory } from './memory.ts'
import { measureRefusals } from './refusals.ts'
import { measureReplay } from './replay.ts'
import { type Run, type Section, type Table, tableToMarkdown } from './report.ts'
import { measureStartUp } from './start-up.ts'
import { type Figures, targetTable } from './targets.ts'
import { measureTenant } from './tenant.ts'
import { measureVerification } from './verify.ts'

const sections: Readonly<Record<string, (run: Run) => Promise<Section>>> = {
  verify: measureVerification,
  dpop: measureDpop,
  refusals: measureRefusals,
  memory: measureMemory,
  replay: measureReplay,
  http: measureHttp,
  tenant: measureTenant,
  'start-up': measureStartUp,
  size: measureInstalledSize,
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
})
const chosen = values.only?.split(',') ?? Object.keys(sections)

const tables: Table[] = []
let figures: Figures = {}
for (const name of chosen) {
  const measure = sections[name]
  if (measure === undefined) throw new Error(`There is no part "${name}". Known: ${Object.keys(sections).join(', ')}.`)
  const section = await measure({ quick: values.quick })
  for (const table of section.tables) console.log(tableToMarkdown(table))
  tables.push(...section.tables)
  figures = { ...figures, ...section.figures }
}
const targets = targetTable(figures)
console.log(tableToMarkdown(targets))

if (values.quick || values.only !== undefined) console.log('bench/RESULTS.md is written by a whole run only.')
else writeFileSync(fileURLToPath(new URL('../RESULTS.md', import.meta.url)), results([targets, ...tables]))

function results(all: readonly Table[]): string {
  return `# Benchmark results

Written by \`npm run bench\`. All numbers come from one run on one machine, so that they can be compared with each other;
they say little about another machine. The libraries differ in what they check and in what they are for: read the notes
under each table, and measure with your own tokens before a decision depends on it.

${describeMachine()
  .map((line) => `- ${line}`)
  .join('\n')}

${all.map(tableToMarkdown).join('\n')}`
    .trimEnd()
    .concat('\n')
}
