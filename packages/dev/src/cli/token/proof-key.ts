import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { CliFailure } from '../failure.js'
import { jsonObjectIn } from '../json.js'

/** A key that DPoP tokens are bound to. */
export interface ProofKey {
  readonly file: string
  /** That it was made now. */
  readonly isNew: boolean
  /** The thumbprint, as `cnf.jkt` has it. */
  readonly jkt: string
  /** A proof for one request. @see RFC 9449 section 4.2 */
  prove(request: ProvenRequest): Promise<string>
}

interface ProvenRequest {
  readonly method: string
  readonly url: string
  /** That the request carries. */
  readonly token?: string
  readonly nonce?: string | undefined
}

const folder = '.auth'
const defaultFile = join(folder, 'dpop-key.json')
const alg = 'ES256'

/**
 * The key in a file. Where there is none, one is made that only its owner can read.
 *
 * @throws {CliFailure}
 */
export async function proofKey(file: string = defaultFile): Promise<ProofKey> {
  const kept = await readKey(file)
  const jwk = kept ?? (await makeKey(file))
  const { kty, crv, x, y } = jwk
  const publicJwk = { kty, crv, x, y } as JWK
  const privateKey = await importJWK(jwk, alg).catch(() => {
    throw unusable(file)
  })
  return {
    file,
    isNew: kept === undefined,
    jkt: await calculateJwkThumbprint(publicJwk),
    prove: ({ method, url, token, nonce }) => {
      const { origin, pathname } = new URL(url)
      const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') }
      const claims = {
        jti: randomUUID(),
        htm: method,
        htu: origin + pathname,
        ...ath,
        ...(nonce === undefined ? {} : { nonce }),
      }
      return new SignJWT(claims)
        .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk: publicJwk })
        .setIssuedAt()
        .sign(privateKey)
    },
  }
}

async function readKey(file: string): Promise<JWK | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new CliFailure('dpop_key_unreadable', `The DPoP key ${file} cannot be read (${error.code}).`)
  })
  if (text === undefined) return undefined
  await refuseOpenFile(file)
  const jwk = jsonObjectIn(text) as JWK | undefined
  if (jwk?.kty !== 'EC' || jwk.crv !== 'P-256' || typeof jwk.d !== 'string') throw unusable(file)
  return jwk
}

async function makeKey(file: string): Promise<JWK> {
  if (dirname(file) === folder) await makeFolder()
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  try {
    // Another process that made one at the same time wins: its tokens would be lost otherwise.
    await writeFile(file, `${JSON.stringify(jwk)}\n`, { mode: 0o600, flag: 'wx' })
    return jwk
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const other = code === 'EEXIST' ? await readKey(file) : undefined
    if (other !== undefined) return other
    throw new CliFailure('dpop_key_unwritable', `The DPoP key ${file} cannot be written (${code}).`)
  }
}

/** With a `.gitignore` of its own, so that nobody commits a key. */
async function makeFolder(): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, '.gitignore'), '*\n', { mode: 0o600, flag: 'wx' }).catch(() => {})
}

async function refuseOpenFile(file: string): Promise<void> {
  const { mode } = await stat(file)
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  throw new CliFailure('dpop_key_open', `The DPoP key ${file} can be read by others.`, { fix: `chmod 600 ${file}` })
}

function unusable(file: string): CliFailure {
  return new CliFailure('dpop_key_unusable', `${file} is not a private ${alg} key as a JWK.`, {
    fix: 'Take it away, and one is made; or name another with --dpop-key.',
  })
}
