// Prevents curl lines in the documentation that nobody has pasted: these are printed with what they need.
import { dpopClient, type TestIssuer } from 'sallyport/testing'

const hours = 8

/** Prints lines to paste, and stays up until Ctrl-C. */
export async function serve(issuer: TestIssuer, origin: string): Promise<void> {
  const scope = 'read:messages read:data write:data'
  const token = await issuer.token({ scope }, { expiresInSeconds: hours * 3600 })
  const client = await dpopClient({ issuer })
  const bound = await client.token({ scope })
  const proof = await client.proof({ url: `${origin}/api/private`, token: bound })
  console.log(`
Paste these; the token is good for ${hours} hours, for this API on this machine only.

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
