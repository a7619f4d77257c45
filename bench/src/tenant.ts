import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createTenant } from '@sallyport/dev'
import { median } from './median.ts'
import type { Run, Section } from './report.ts'

/** The local tenant: how soon it is ready, and how many tokens it gives. */
export async function measureTenant({ quick }: Run): Promise<Section> {
  const rounds = quick ? 3 : 9
  const seconds = quick ? 0.5 : 1.5
  const readyAfter: number[] = []
  const given: Given[] = []
  for (let round = 0; round < rounds; round += 1) {
    readyAfter.push(await millisecondsToReady())
    given.push(await giveTokens(seconds))
  }
  const perSecond = median(given.map(({ perSecond: one }) => one))
  const processor = median(given.map(({ processorMilliseconds }) => processorMilliseconds))
  return {
    tables: [
      {
        title: 'The local tenant',
        columns: ['', 'median'],
        rows: [
          ['`sallyport dev`, from the start of the process to its first answer', `${median(readyAfter).toFixed(0)} ms`],
          ['tokens by client credentials, one after the other', `${perSecond.toFixed(0)} a second`],
          ['tokens by client credentials, for each second of processor time', (1000 / processor).toFixed(0)],
        ],
        notes: [
          `Medians of ${rounds} rounds. RS256 with a key of 2048 bits. The process makes a signing key before it is ready, and the next one after that. Tokens are asked for in process, in rounds of ${seconds} s: HTTP comes on top.`,
        ],
      },
    ],
    figures: {},
  }
}

const program = fileURLToPath(import.meta.resolve('@sallyport/dev')).replace(/index\.js$/, 'cli/main.js')

async function millisecondsToReady(): Promise<number> {
  const began = performance.now()
  const child = spawn(process.execPath, [program, 'dev', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  const { issuer } = JSON.parse(String(line)) as { issuer: string }
  await (await fetch(`${issuer}.well-known/openid-configuration`)).text()
  const taken = performance.now() - began
  const exit = once(child, 'exit')
  child.kill()
  await exit
  return taken
}

interface Given {
  readonly perSecond: number
  readonly processorMilliseconds: number
}

async function giveTokens(seconds: number): Promise<Given> {
  const issuer = 'https://tenant.test/'
  await using tenant = await createTenant(issuer)
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'local-m2m',
    client_secret: 'local-m2m-secret',
    audience: 'https://api.example.com',
  }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const ask = async () => {
    const response = await tenant.fetch(`${issuer}oauth/token`, { method: 'POST', headers, body })
    if (response.status !== 200) throw new Error(`The tenant gave no token: ${response.status}`)
    await response.text()
  }
  for (let count = 0; count < 200; count += 1) await ask()
  const before = process.cpuUsage()
  const began = performance.now()
  let tokens = 0
  for (; performance.now() - began < seconds * 1000; tokens += 1) await ask()
  const { user, system } = process.cpuUsage(before)
  return {
    perSecond: (tokens * 1000) / (performance.now() - began),
    processorMilliseconds: (user + system) / 1000 / tokens,
  }
}
