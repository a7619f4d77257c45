// Prevents curl lines in the documentation that nobody has pasted: these are printed with what they need.
import type { DemoTenant } from './tenant.js'

/** Prints lines to paste, and stays up until Ctrl-C. */
export async function serve(demo: DemoTenant, origin: string): Promise<void> {
  const token = await demo.token('everything')
  const client = await demo.boundClient('everything')
  const { bound } = client
  const proof = await client.proof({ url: `${origin}/api/private`, token: bound })
  console.log(`
The tenant's console, with APIs, applications, users, test tokens and a log: ${demo.tenant.issuer}

Paste these; the token is good for a day, for this API on this machine only.

TOKEN=${token}

curl -i ${origin}/api/public
curl -i ${origin}/api/private
curl -i ${origin}/api/private -H "Authorization: Bearer $TOKEN"
curl -i ${origin}/api/messages -H "Authorization: Bearer $TOKEN"
curl -i -X POST ${origin}/api/data -H "Authorization: Bearer $TOKEN"

A bound token and a proof. The proof is good for five minutes, and once: paste the line twice.

BOUND=${bound}
PROOF=${proof}

curl -i ${origin}/api/private -H "Authorization: DPoP $BOUND" -H "DPoP: $PROOF"

Ctrl-C stops the demo.`)
  // A timer keeps the process alive should the server ever be idle; the signal ends it.
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  console.log('Stopped.')
}
