import type { Node, ObjectExpression } from '@babel/types'
import type { SourceFile } from '../source-file.js'
import { type Call, callsIn } from '../syntax/calls.js'
import { isFunction } from '../syntax/functions.js'
import { localsOf } from '../syntax/imports.js'
import { textOf, unwrapped } from '../syntax/names.js'
import { entryOf, isOpen, objectOf } from '../syntax/objects.js'
import { textAt } from '../syntax/text-at.js'
import { type Check, called, jwtFunctions, jwtLibraries, type Library } from './jwt-libraries.js'

/** A place where a program verifies a JWT with a library that leaves the rules to it. */
export interface Verification {
  readonly call: Call
  readonly library: string
  /** What it does not check; nothing where that cannot be seen. */
  readonly missing: readonly Check[] | undefined
  readonly algorithms: Node | undefined
  /** Whether it is no access token of an issuer: the key is a secret of this program, or comes with the JWT. */
  readonly isOwn: boolean
}

export function verificationsIn(source: SourceFile): readonly Verification[] {
  return jwtLibraries.flatMap((library) => {
    const direct = jwtFunctions[library.name] ?? []
    const names = localsOf(source, library.module)
    const named = localsOf(source, library.module, direct)
    const calls = [...library.calls(source, names), ...called('')(source, named)]
    return names.length === 0 ? [] : calls.map((call) => verificationOf(source, call, library))
  })
}

function verificationOf(source: SourceFile, call: Call, library: Library): Verification {
  const given = call.parameters[library.options]
  const hasOptions = given !== undefined && !isFunction(unwrapped(given))
  const options = hasOptions ? objectOf(source, given) : undefined
  const inner = entryOf(options, 'verify') ?? entryOf(options, 'verification')
  const rules = inner === undefined ? options : objectOf(source, inner)
  const key = typeof library.key === 'number' ? call.parameters[library.key] : entryOf(options, library.key[0] ?? '')
  const find = (check: Check) =>
    library.names[check].map((name) => entryOf(rules, name) ?? entryOf(options, name)).find((node) => node)
  const checks = ['issuer', 'audience', 'algorithms'] as const
  const cannotBeSeen = hasOptions && (rules === undefined || isOpen(rules))
  return {
    call,
    library: library.name,
    missing: cannotBeSeen ? undefined : checks.filter((check) => find(check) === undefined),
    algorithms: find('algorithms'),
    isOwn:
      isOfSender(source, key) ||
      signsToo(source, library) ||
      (isOwnSecret(source, key) && !speaksOfAuth0(source, rules)),
  }
}

/** The key is in the JWT, as in a DPoP proof. */
function isOfSender(source: SourceFile, key: Node | undefined): boolean {
  return key !== undefined && /EmbeddedJWK$/.test(textAt(source, key))
}

/** Who signs JWTs with the same library verifies those. */
function signsToo(source: SourceFile, { module }: Library): boolean {
  const locals = localsOf(source, module)
  return callsIn(source).some(({ path = '' }) =>
    locals.some((local) => path === `${local}.sign` || (path === local && /^(?:sign|SignJWT)$/.test(local))),
  )
}

function isOwnSecret(source: SourceFile, key: Node | undefined): boolean {
  if (key === undefined) return false
  const text = textAt(source, key)
  return (
    textOf(key) !== undefined ||
    /\bprivate\b/.test(text) ||
    (/secret|_key$/i.test(text) && !/auth0|client|jwks|provider/i.test(text))
  )
}

function speaksOfAuth0(source: SourceFile, rules: ObjectExpression | undefined): boolean {
  return rules !== undefined && /auth0/i.test(textAt(source, rules))
}
