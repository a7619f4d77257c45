import type { SourceFile } from '../source-file.js'
import { type Call, callsIn } from '../syntax/calls.js'

export type Check = 'issuer' | 'audience' | 'algorithms'

/** A library that verifies JWTs by rules that its caller gives. */
export interface Library {
  readonly name: string
  readonly module: RegExp
  /** The calls of a file that verify, where the library is known by these names there. */
  readonly calls: (source: SourceFile, locals: readonly string[]) => readonly Call[]
  readonly options: number
  readonly key: number | readonly string[]
  /** What the options call it. */
  readonly names: Readonly<Record<Check, readonly string[]>>
}

const usual = { issuer: ['issuer'], audience: ['audience'], algorithms: ['algorithms'] }

/** Calls of the name itself, or of one of these members of it. */
export const called =
  (...members: readonly string[]): Library['calls'] =>
  (source, locals) =>
    callsIn(source).filter(({ path = '' }) =>
      locals.some((local) => members.some((member) => path === (member === '' ? local : `${local}.${member}`))),
    )

export const jwtLibraries: readonly Library[] = [
  { name: 'jsonwebtoken', module: /^jsonwebtoken$/, calls: called('verify'), options: 2, key: 1, names: usual },
  { name: 'jose', module: /^jose$/, calls: called('jwtVerify'), options: 2, key: 1, names: usual },
  {
    name: 'express-jwt',
    module: /^express-jwt$/,
    calls: called('', 'expressjwt'),
    options: 0,
    key: ['secret'],
    names: usual,
  },
  { name: 'koa-jwt', module: /^koa-jwt$/, calls: called(''), options: 0, key: ['secret'], names: usual },
  {
    name: 'hono/jwk',
    module: /^hono\/jwk$/,
    calls: called('', 'jwk'),
    options: 0,
    key: ['keys'],
    names: { issuer: ['iss'], audience: ['aud'], algorithms: ['alg'] },
  },
  { name: 'jwt-simple', module: /^jwt-simple$/, calls: called('decode'), options: 9, key: 1, names: usual },
  {
    name: 'passport-jwt',
    module: /^passport-jwt$/,
    calls: (source, locals) =>
      callsIn(source).filter(
        ({ node, path }) =>
          (node.type === 'NewExpression' && locals.includes(path ?? '')) || node.callee.type === 'Super',
      ),
    options: 0,
    key: ['secretOrKey'],
    names: usual,
  },
  {
    name: '@fastify/jwt',
    module: /^(?:@fastify\/jwt|fastify-jwt)$/,
    calls: (source, locals) =>
      callsIn(source).filter(
        ({ name, parameters: [plugin] }) =>
          name === 'register' && plugin?.type === 'Identifier' && locals.includes(plugin.name),
      ),
    options: 1,
    key: ['secret'],
    names: { issuer: ['allowedIss', 'issuer'], audience: ['allowedAud', 'audience'], algorithms: ['algorithms'] },
  },
]

/** Functions that are imported by their own name. */
export const jwtFunctions: Readonly<Record<string, readonly string[]>> = {
  jsonwebtoken: ['verify'],
  jose: ['jwtVerify'],
  'jwt-simple': ['decode'],
}
