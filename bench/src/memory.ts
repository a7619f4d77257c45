import { startChild } from './child.ts'
import { createBenchIssuer, factsOf } from './issuer.ts'
import type { MemoryQuestion } from './memory-child.ts'
import type { Run, Section } from './report.ts'
import { writeTokenFile } from './token-file.ts'

/** What Sallyport holds on to: remembered tokens, and what bad tokens leave behind. */
export async function measureMemory({ quick }: Run): Promise<Section> {
  const good = quick ? 1000 : 10_000
  const bad = quick ? [2000, 20_000] : [20_000, 200_000]
  const issuer = await createBenchIssuer('RS256')
  const file = writeTokenFile(await issuer.tokens(good))
  const remembered = await askOnce({ ...factsOf(issuer), tokenFile: file.path, kind: 'good', counts: [good] })
  const forgotten = await askOnce({ ...factsOf(issuer), tokenFile: file.path, kind: 'bad', counts: bad })
  file.remove()
  await issuer.close()
  const [first = 0, last = 0] = forgotten
  return {
    tables: [
      {
        title: 'Memory',
        columns: ['Sallyport holds after', 'MB'],
        rows: [
          [`${count(good)} good tokens, all remembered`, megabytes(remembered[0])],
          [`${count(bad[0])} bad tokens`, megabytes(first)],
          [`${count(bad[1])} bad tokens`, megabytes(last)],
        ],
        notes: [
          'heapUsed + external of a process of its own, after garbage collection, less what there was before the resource server was created. RS256 tokens of about 850 characters, each from a header string of its own. Bad tokens are of every kind of the table above, all different.',
        ],
      },
    ],
    figures: quick ? {} : { rememberedMegabytes: remembered[0], badTokenMegabytes: Math.max(0, last - first) },
  }
}

async function askOnce(question: MemoryQuestion): Promise<readonly number[]> {
  const child = startChild<MemoryQuestion, readonly number[]>('memory-child.ts', ['--expose-gc'])
  const answer = await child.ask(question)
  await child.end()
  return answer
}

function count(number: number | undefined): string {
  return (number ?? 0).toLocaleString('en')
}

function megabytes(value: number | undefined): string {
  return (value ?? Number.NaN).toFixed(2)
}
