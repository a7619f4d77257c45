import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Rule } from '../rule.js'
import { serverFilesOf } from '../server/server-files.js'
import type { SourceFile } from '../source-file.js'
import { type Call, callOf, callsIn } from '../syntax/calls.js'
import { localsOf } from '../syntax/imports.js'
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
    serverFilesOf(project)
      .filter((source) => !verifiesToo(source))
      .flatMap((source) =>
        callsIn(source)
          .filter((call) => decodes(source, call) && !isAnotherMatter(source, call))
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
]

function decodes(source: SourceFile, call: Call): boolean {
  return isDecoder(source, call.path) || isPartOfToken(source, call)
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

/** Decoding a header to find the key is a part of verifying; who does both is a matter of raw-jwt-verify. */
function verifiesToo(source: SourceFile): boolean {
  return callsIn(source).some(({ name }) => /^(?:jwtVerify|verify\w*|compactVerify|authenticate)$/.test(name))
}

/** `decodeJwt(request.auth.token)`, as the guard has verified it; and the hint of a logout. */
function isAnotherMatter(source: SourceFile, { parameters: [first] }: Call): boolean {
  if (first === undefined) return false
  return /\bauth\??\.token$|\bid_?token/i.test(textAt(source, first))
}
