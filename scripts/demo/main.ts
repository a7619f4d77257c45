// Prevents a README that promises answers which the product does not give: the demo asks a real server for each of them.
import type { AddressInfo } from 'node:net'
import { styleText } from 'node:util'
import { type AppOptions, createApp } from '../../examples/fastify/src/app.js'
import { ask, isKept, type Row } from './ask.js'
import { bearerRows } from './bearer-rows.js'
import { dpopRows, nonceRows } from './dpop-rows.js'
import { startDemoTenant } from './tenant.js'

const demo = await startDemoTenant()
const { domain, issuer } = demo.tenant
const apps: Awaited<ReturnType<typeof createApp>>[] = []

async function listen(options: AppOptions): Promise<string> {
  const app = await createApp({ domain, audience: demo.audience, ...options })
  apps.push(app)
  await app.listen({ host: 'localhost', port: 0 })
  return `http://localhost:${(app.server.address() as AddressInfo).port}`
}

async function close(): Promise<void> {
  for (const app of apps) await app.close()
  await demo.close()
}

try {
  const origin = await listen({})
  const strictOrigin = await listen({ dpop: { mode: 'required', nonce: { secrets: crypto.randomUUID() } } })
  console.log(`tenant  ${issuer}\nAPI     ${origin}\n`)
  const mismatches =
    (await askAll('Bearer', origin, await bearerRows(demo))) +
    (await askAll('DPoP', origin, await dpopRows(demo, origin))) +
    (await askAll('DPoP required, with nonces', strictOrigin, await nonceRows(demo, strictOrigin)))
  console.log(mismatches === 0 ? 'Every answer is as promised.' : `${mismatches} answers are not as promised.`)
  process.exitCode = mismatches === 0 ? 0 : 1
  if (process.argv.includes('--serve')) await (await import('./serve.js')).serve(demo, origin)
} finally {
  await close()
}

/** Asks for every row, prints what came back, and counts the answers that were not as promised. */
async function askAll(title: string, origin: string, rows: readonly Row[]): Promise<number> {
  console.log(styleText('bold', line(title, 'route', 'status', 'error', '')))
  let mismatches = 0
  for (const row of rows) {
    const answer = await ask(origin, row)
    const kept = isKept(row.promised, answer)
    if (!kept) mismatches += 1
    const verdict = kept ? styleText('green', '✓') : styleText('red', `✗ promised ${JSON.stringify(row.promised)}`)
    const route = `${row.method ?? 'GET'} ${row.path}`
    console.log(line(row.title, route, String(answer.status), answer.error ?? '-', verdict))
    for (const challenge of answer.challenges) console.log(styleText('dim', `  ${challenge}`))
  }
  console.log()
  return mismatches
}

function line(title: string, route: string, status: string, error: string, verdict: string): string {
  return `${title.padEnd(27)} ${route.padEnd(18)} ${status.padEnd(7)} ${error.padEnd(19)} ${verdict}`.trimEnd()
}
