import { usageMistake } from '../failure.js'
import { audienceMistake } from '../project/audience-mistakes.js'
import { domainMistake } from '../project/domain-mistakes.js'
import { isLoopback } from '../project/issuer.js'
import { seedIn } from '../project/seed.js'
import { checkedValue } from './required-value.js'
import type { ApiSource, Setup } from './setup.js'

const domainOfTenant = 'localhost:4490'
const audienceOfTenant = 'https://api.example.com'

/** The local tenant of `sallyport dev` has an API from the beginning. */
export async function local({ folder, options }: Setup): Promise<ApiSource> {
  const domain = checkedValue(options.domain ?? domainOfTenant, { name: 'domain', check: domainMistake })
  if (!isLoopback(domain))
    throw usageMistake(
      `--mode local is about a tenant on this machine, and ${domain} is not on it.`,
      `sallyport init --mode manual --domain ${domain}`,
    )
  // Whether all of the seed is right is for `sallyport dev` to say.
  const given = options.audience ?? (await seedIn(folder))?.apis[0]?.identifier ?? audienceOfTenant
  return { domain, audience: checkedValue(given, { name: 'audience', check: audienceMistake }), notes: [] }
}
