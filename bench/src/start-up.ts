import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median } from './median.ts'
import type { Run, Section } from './report.ts'

const modules = ['sallyport', 'sallyport/fastify', 'jose', 'fast-jwt', 'express-oauth2-jwt-bearer']

/** How long the first `import` takes in a fresh Node.js. */
export async function measureStartUp({ quick }: Run): Promise<Section> {
  const rounds = quick ? 3 : 9
  const times = new Map(modules.map((name): [string, number[]] => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measured] of times) measured.push(importMilliseconds(name))
  }
  return {
    tables: [
      {
        title: 'Start-up',
        columns: ['import of', 'ms'],
        rows: [...times].map(([name, measured]) => [name, median(measured).toFixed(1)]),
        notes: [`A new process for each; median of ${rounds}, interleaved, files in the disk cache of the system.`],
      },
    ],
    figures: {},
  }
}

function importMilliseconds(name: string): number {
  const script = `const start = performance.now(); await import('${name}'); console.log(performance.now() - start)`
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' }))
}
