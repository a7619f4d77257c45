import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'

const keyLength = 32
/** Small, as a seed has many users and nobody attacks a loopback tenant. */
const cost = { N: 1024, r: 8, p: 1 }

export function hashPassword(password: string): string {
  const salt = randomBytes(16)
  return `${salt.toString('base64url')}.${scryptSync(password, salt, keyLength, cost).toString('base64url')}`
}

export function isPassword(password: string, hash: string): boolean {
  const [salt = '', key = ''] = hash.split('.')
  const expected = Buffer.from(key, 'base64url')
  const given = scryptSync(password, Buffer.from(salt, 'base64url'), keyLength, cost)
  return expected.length === given.length && timingSafeEqual(expected, given)
}
