import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usageMistake } from '../failure.js'
import { issuerOf } from '../project/issuer.js'
import { audienceMistake } from './audience-mistakes.js'
import { domainMistake } from './domain-mistakes.js'
import { checkedValue } from './required-value.js'
import type { ApiSource, Setup } from './setup.js'

const domainOfTenant = 'localhost:4490'
const audienceOfTenant = 'https://api.example.com'
const seedFile = 'sallyport.tenant.json'

/** The local tenant of `sallyport dev` has an API from the beginning. */
export async function local({ folder, options }: Setup): Promise<ApiSource> {
  const domain = checkedValue(options.domain ?? domainOfTenant, { name: 'domain', check: domainMistake })
  if (issuerOf(domain)?.startsWith('http://') !== true)
    throw usageMistake(
      `--mode local is about a tenant on this machine, and ${domain} is not on it.`,
      `sallyport init --mode manual --domain ${domain}`,
    )
  const given = options.audience ?? (await audienceOfSeed(folder)) ?? audienceOfTenant
  return { domain, audience: checkedValue(given, { name: 'audience', check: audienceMistake }), notes: [] }
}

/** The first API of the project's seed. Whether all of the seed is right is for `sallyport dev` to say. */
async function audienceOfSeed(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, seedFile), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { readSeed } = await import('../../tenant/seed-file.js')
  return readSeed(text, seedFile).apis[0]?.identifier
}
