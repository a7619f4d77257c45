// Prevents a demo without the answers that everybody asks for first.
import { granted, type Promised, type Row } from './ask.js'
import type { DemoTenant } from './tenant.js'

const absent: Promised = { status: 400, error: 'invalid_request', challenges: { Bearer: null, DPoP: null } }
const refused = named(401, 'invalid_token')
const forbidden = named(403, 'insufficient_scope')

function named(status: number, error: string): Promised {
  return { status, error, challenges: { Bearer: error, DPoP: null } }
}

export async function bearerRows(demo: DemoTenant): Promise<readonly Row[]> {
  const by = async (client: string) => bearer(await demo.token(client))
  const path = '/api/private'
  return [
    { title: 'public route', path: '/api/public', promised: granted },
    { title: 'no token', path, promised: absent },
    { title: 'garbage', path, headers: { authorization: 'Bearer garbage' }, promised: refused },
    { title: 'expired', path, headers: bearer(await demo.expiredToken()), promised: refused },
    { title: 'wrong audience', path, headers: bearer(await demo.tokenForAnotherApi()), promised: refused },
    { title: 'wrong issuer', path, headers: bearer(await demo.foreignToken()), promised: refused },
    { title: 'tampered signature', path, headers: tampered(await by('everything')), promised: refused },
    { title: 'valid token', path, headers: await by('everything'), promised: granted },
    {
      title: 'missing scope',
      path: '/api/messages',
      headers: await by('data-reader'),
      promised: forbidden,
    },
    {
      title: 'right scope',
      path: '/api/messages',
      headers: await by('messages-reader'),
      promised: granted,
    },
    {
      title: 'one scope of two',
      path: '/api/data',
      method: 'POST',
      headers: await by('data-reader'),
      promised: forbidden,
    },
    {
      title: 'both scopes',
      path: '/api/data',
      method: 'POST',
      headers: await by('data-editor'),
      promised: granted,
    },
    {
      title: 'right permission',
      path: '/api/data',
      method: 'DELETE',
      headers: await by('data-cleaner'),
      promised: granted,
    },
    {
      title: 'missing permission',
      path: '/api/data',
      method: 'DELETE',
      headers: await by('data-editor'),
      promised: forbidden,
    },
  ]
}

function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}

/** Changes one character in the middle of the signature. */
function tampered({ authorization }: { authorization: string }): { authorization: string } {
  const index = authorization.lastIndexOf('.') + 20
  const other = authorization[index] === 'A' ? 'B' : 'A'
  return { authorization: authorization.slice(0, index) + other + authorization.slice(index + 1) }
}
