// Prevents a demo without the answers that everybody asks for first.
import type { TestIssuer } from 'sallyport/testing'
import { granted, type Promised, type Row } from './ask.js'

const absent: Promised = { status: 400, error: 'invalid_request', challenges: { Bearer: null, DPoP: null } }
const refused = named(401, 'invalid_token')
const forbidden = named(403, 'insufficient_scope')

function named(status: number, error: string): Promised {
  return { status, error, challenges: { Bearer: error, DPoP: null } }
}

export async function bearerRows({ token }: TestIssuer): Promise<readonly Row[]> {
  const bearer = async (...parameters: Parameters<typeof token>) => ({
    authorization: `Bearer ${await token(...parameters)}`,
  })
  const path = '/api/private'
  return [
    { title: 'public route', path: '/api/public', promised: granted },
    { title: 'no token', path, promised: absent },
    { title: 'garbage', path, headers: { authorization: 'Bearer garbage' }, promised: refused },
    { title: 'expired', path, headers: await bearer({}, { expiresInSeconds: -60 }), promised: refused },
    { title: 'wrong audience', path, headers: await bearer({ aud: 'https://other.test' }), promised: refused },
    { title: 'wrong issuer', path, headers: await bearer({ iss: 'https://other.test/' }), promised: refused },
    { title: 'tampered signature', path, headers: tampered(await bearer()), promised: refused },
    { title: 'valid token', path, headers: await bearer(), promised: granted },
    {
      title: 'missing scope',
      path: '/api/messages',
      headers: await bearer({ scope: 'read:data' }),
      promised: forbidden,
    },
    {
      title: 'right scope',
      path: '/api/messages',
      headers: await bearer({ scope: 'read:messages' }),
      promised: granted,
    },
    {
      title: 'one scope of two',
      path: '/api/data',
      method: 'POST',
      headers: await bearer({ scope: 'read:data' }),
      promised: forbidden,
    },
    {
      title: 'both scopes',
      path: '/api/data',
      method: 'POST',
      headers: await bearer({ scope: 'read:data write:data' }),
      promised: granted,
    },
    {
      title: 'right permission',
      path: '/api/data',
      method: 'DELETE',
      headers: await bearer({ permissions: ['delete:data'] }),
      promised: granted,
    },
    {
      title: 'a scope of that name',
      path: '/api/data',
      method: 'DELETE',
      headers: await bearer({ scope: 'delete:data' }),
      promised: forbidden,
    },
  ]
}

/** Changes one character in the middle of the signature. */
function tampered({ authorization }: { authorization: string }): { authorization: string } {
  const index = authorization.lastIndexOf('.') + 20
  const other = authorization[index] === 'A' ? 'B' : 'A'
  return { authorization: authorization.slice(0, index) + other + authorization.slice(index + 1) }
}
