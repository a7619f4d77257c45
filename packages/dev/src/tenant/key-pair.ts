import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

const modulusLength = 2048

let prepared: Promise<KeyObject> | undefined

/**
 * Begins to make a private key for the next tenant of this process. It takes up to 200 ms of another thread, which a program
 * that is about to load the tenant need not wait for afterwards: this module loads nothing else.
 */
export function preparePrivateKey(): void {
  prepared ??= newPrivateKey()
  // Whoever takes it learns of a failure.
  prepared.catch(() => {})
}

/** The one that was prepared, which nobody else gets then, or a new one. */
export function takePrivateKey(): Promise<KeyObject> {
  const key = prepared ?? newPrivateKey()
  prepared = undefined
  return key
}

async function newPrivateKey(): Promise<KeyObject> {
  return (await promisify(generateKeyPair)('rsa', { modulusLength })).privateKey
}
