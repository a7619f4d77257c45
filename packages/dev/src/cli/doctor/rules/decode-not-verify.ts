import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Rule } from '../rule.js'
import { serverFilesOf } from '../server/server-files.js'
import { verificationsIn } from '../server/verifications.js'
import type { SourceFile } from '../source-file.js'
import { type Call, callOf, callsIn } from '../syntax/calls.js'
import { isFunction } from '../syntax/functions.js'
import { importsAny, localsOf } from '../syntax/imports.js'
import { textOf, unwrapped } from '../syntax/names.js'
import { textAt } from '../syntax/text-at.js'

export const decodeNotVerify: Rule = {
  code: 'decode-not-verify',
  severity: 'error',
  mend: {
    text: 'Put requireAuth() in front of the route and read the claims of its caller, such as request.auth.claims.',
  },
  docs: 'docs/frameworks.md',
  check: (project) =>
    serverFilesOf(project).flatMap((source) =>
      callsIn(source)
        .filter((call) => decodes(source, call) && !isVerifiedToo(source, call) && !isAnotherMatter(source, call))
        .map(({ node }) => ({
          place: source.placeOf(node),
          evidence: evidenceOf(source, node),
          message: 'The token is read without checking who has signed it: anybody can write such a token.',
        })),
    ),
}

const decoders: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^jsonwebtoken$/, ['decode']],
  [/^jose$/, ['decodeJwt']],
  [/^jwt-decode$/, ['default', 'jwtDecode', 'jwt_decode']],
  [/^hono\/jwt$/, ['decode']],
]

function decodes(source: SourceFile, call: Call): boolean {
  return isDecoder(source, call.path) || isNestDecoder(source, call) || isPartOfToken(source, call)
}

/** `this.jwt.decode(token)`, of the JwtService of NestJS. */
function isNestDecoder(source: SourceFile, { name, path = '' }: Call): boolean {
  return name === 'decode' && /jwt/i.test(path) && importsAny(source, /^@nestjs\/jwt$/)
}

function isDecoder(source: SourceFile, path: string | undefined): boolean {
  if (path === undefined) return false
  return decoders.some(
    ([module, names]) =>
      localsOf(source, module, names).includes(path) ||
      localsOf(source, module, ['default', '*']).some((local) => names.some((name) => path === `${local}.${name}`)),
  )
}

/** `atob(token.split('.')[1])`, `Buffer.from(token.split('.')[1], 'base64url')`. */
function isPartOfToken(source: SourceFile, { path, parameters: [first, second] }: Call): boolean {
  if (first === undefined) return false
  const isBase64 = path === 'atob' || (path === 'Buffer.from' && /^base64(?:url)?$/.test(textOf(second) ?? ''))
  const isPayload = /\.split\(\s*(['"`])\.\1\s*\)\s*(?:\?\.)?\[\s*1\s*\]/
  return isBase64 && (isPayload.test(textAt(source, first)) || isSecondOfSplit(first))
}

function isSecondOfSplit(given: Node): boolean {
  const node = unwrapped(given)
  const call =
    node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression' ? callOf(node.object) : undefined
  return call?.name === 'split' && textOf(call.parameters[0]) === '.'
}

/**
 * Decoding a header to find the key is a part of verifying, in the same function or for one beside it; who does both is a matter
 * of raw-jwt-verify.
 */
function isVerifiedToo(source: SourceFile, call: Call): boolean {
  const scope = outermost(call)
  const isForHeader = call.parameters.some((parameter) => /\bcomplete:\s*true\b/.test(textAt(source, parameter)))
  return verifyingCalls(source).some((other) => isForHeader || outermost(other) === scope)
}

function outermost({ around }: Call): Node | undefined {
  return around.findLast(isFunction)
}

function verifyingCalls(source: SourceFile): readonly Call[] {
  const byLibrary = verificationsIn(source).map(({ call }) => call)
  const byName = callsIn(source).filter(
    ({ name, parameters: [first] }) =>
      /^(?:jwtVerify|compactVerify|verify(?:Async|(?:Access|Id)?Token|Jwt|JWT|Signature)?)$/.test(name) ||
      // Of a resource server, which takes a request; that of Passport takes a name.
      (name === 'authenticate' && first !== undefined && textOf(first) === undefined),
  )
  return [...byLibrary, ...byName]
}

/** `decodeJwt(request.auth.token)`, as the guard has verified it; and the hint of a logout. */
function isAnotherMatter(source: SourceFile, { parameters: [first] }: Call): boolean {
  if (first === undefined) return false
  return /\bauth\??\.token$|\bid_?token/i.test(textAt(source, first))
}
