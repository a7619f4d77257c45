import type { Severity } from '../../src/cli/doctor/rule.js'

export type Files = Readonly<Record<string, string>>

/** A project with one mistake, at the place of the mark ‹here›, and its twin without. */
export interface SickProject {
  readonly code: string
  readonly mistake: string
  readonly severity: Severity
  readonly broken: Files
  readonly clean: Files
}

const fastifyStart = `import Fastify from 'fastify'
import { createAuth } from 'sallyport/fastify'
const auth0 = createAuth()
const app = Fastify()
await app.register(auth0.plugin)
`
const expressStart = `import express from 'express'
import { createAuth } from 'sallyport/express'
const auth0 = createAuth()
const app = express()
`
const honoStart = `import { Hono } from 'hono'
import { createAuth } from 'sallyport/hono'
const auth0 = createAuth()
const app = new Hono()
`
const guardedFastify = `${fastifyStart}app.get('/api/private', { onRequest: auth0.requireAuth() }, async (request) => request.auth.claims.sub)
`
const guardedExpress = `${expressStart}app.get('/api/private', auth0.requireAuth(), (req, res) => res.json(req.auth.claims.sub))
`
const keys = `import { createRemoteJWKSet, jwtVerify } from 'jose'
const domain = process.env.AUTH0_DOMAIN
const keys = createRemoteJWKSet(new URL(\`https://\${domain}/.well-known/jwks.json\`))
`
const packageJson = (json: object) => JSON.stringify({ name: 'api', type: 'module', ...json })

export const sickProjects: readonly SickProject[] = [
  {
    code: 'hardcoded-config',
    mistake: 'the domain in the options',
    severity: 'warning',
    broken: {
      'app.ts': `import { createAuth } from 'sallyport/fastify'
export const auth0 = createAuth({ domain: ‹here›'acme.eu.auth0.com', audience: process.env.AUTH0_AUDIENCE })`,
    },
    clean: {
      'app.ts': `import { createAuth } from 'sallyport/fastify'
export const auth0 = createAuth({ domain: process.env.AUTH0_DOMAIN, audience: process.env.AUTH0_AUDIENCE })`,
    },
  },
  {
    code: 'hardcoded-config',
    mistake: 'the audience in the options of a Nest module',
    severity: 'warning',
    broken: {
      'app.module.ts': `import { SallyportModule } from 'sallyport/nestjs'
export const auth = SallyportModule.forRoot({ audience: ‹here›'https://api.acme.io' })`,
    },
    clean: {
      'app.module.ts': `import { SallyportModule } from 'sallyport/nestjs'
export const auth = SallyportModule.forRoot({ audience: 'https://api.example.com' })`,
    },
  },
  {
    code: 'hardcoded-config',
    mistake: 'the URL of a tenant',
    severity: 'warning',
    broken: { 'users.js': `export const api = fetch(‹here›'https://acme.us.auth0.com/api/v2/users')` },
    clean: {
      'users.js': `export const docs = 'https://auth0.com/docs'
export const script = 'https://cdn.auth0.com/js/lock.js'
export const sample = 'your-tenant.eu.auth0.com'
export const email = (claims) => claims['https://acme.eu.auth0.com/email']`,
    },
  },
  {
    code: 'raw-jwt-verify',
    mistake: 'jsonwebtoken without options',
    severity: 'error',
    broken: {
      'auth.ts': `import jwt from 'jsonwebtoken'
import { readKey } from './key.js'
export const check = (token: string) => ‹here›jwt.verify(token, readKey())`,
    },
    clean: {
      'own.ts': `import { jwtVerify, SignJWT } from 'jose'
export const sign = (user: string, key) => new SignJWT({ user }).sign(key)
export const check = (token: string, key) => jwtVerify(token, key)`,
      'proof.ts': `import { EmbeddedJWK, jwtVerify } from 'jose'
export const check = (proof: string) => jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' })`,
      'session.ts': `import jwt from 'jsonwebtoken'
export const check = (token: string) => jwt.verify(token, process.env.SESSION_SECRET)`,
    },
  },
  {
    code: 'raw-jwt-verify',
    mistake: 'jose without audience',
    severity: 'error',
    broken: {
      'auth.ts': `${keys}export const check = (token: string) => ‹here›jwtVerify(token, keys, { issuer: \`https://\${domain}/\` })`,
    },
    clean: {
      'auth.ts': `${keys}const options = { issuer: \`https://\${domain}/\`, audience: process.env.AUTH0_AUDIENCE, algorithms: ['RS256'] }
export const check = (token: string) => jwtVerify(token, keys, options)`,
    },
  },
  {
    code: 'raw-jwt-verify',
    mistake: 'express-jwt that checks everything',
    severity: 'warning',
    broken: {
      'auth.cjs': `const { expressjwt: jwt } = require('express-jwt')
const jwks = require('jwks-rsa')
const domain = process.env.AUTH0_DOMAIN
exports.check = ‹here›jwt({
  secret: jwks.expressJwtSecret({ jwksUri: \`https://\${domain}/.well-known/jwks.json\` }),
  audience: process.env.AUTH0_AUDIENCE,
  issuer: \`https://\${domain}/\`,
  algorithms: ['RS256'],
})`,
    },
    clean: {
      'auth.cjs': `const { createAuth } = require('sallyport/express')\nexports.check = createAuth().requireAuth()`,
    },
  },
  {
    code: 'raw-jwt-verify',
    mistake: 'a strategy of passport-jwt in NestJS without audience',
    severity: 'error',
    broken: {
      'jwt.strategy.ts': `import { Injectable } from '@nestjs/common'
import { PassportStrategy } from '@nestjs/passport'
import { passportJwtSecret } from 'jwks-rsa'
import { ExtractJwt, Strategy } from 'passport-jwt'
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() {
    ‹here›super({
      secretOrKeyProvider: passportJwtSecret({ jwksUri: process.env.JWKS_URI }),
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      issuer: \`https://\${process.env.AUTH0_DOMAIN}/\`,
      algorithms: ['RS256'],
    })
  }
}`,
    },
    clean: {
      'app.module.ts': `import { Module } from '@nestjs/common'
import { SallyportModule } from 'sallyport/nestjs'
@Module({ imports: [SallyportModule.forRoot({})] })
export class AppModule {}`,
    },
  },
  {
    code: 'alg-missing',
    mistake: 'jsonwebtoken that lets the token choose',
    severity: 'warning',
    broken: {
      'auth.ts': `import { verify } from 'jsonwebtoken'
const rules = { issuer: \`https://\${process.env.AUTH0_DOMAIN}/\`, audience: process.env.AUTH0_AUDIENCE }
export const check = (token: string, key: string) => ‹here›verify(token, key, rules)`,
    },
    clean: { 'auth.ts': `import { createAuth } from 'sallyport/fastify'\nexport const auth0 = createAuth()` },
  },
  {
    code: 'alg-hs256',
    mistake: 'HS256 among the algorithms of jose',
    severity: 'error',
    broken: {
      'auth.ts': `${keys}const issuer = \`https://\${domain}/\`
const audience = process.env.AUTH0_AUDIENCE
export const check = (token: string) => jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256', ‹here›'HS256'] })`,
    },
    clean: {
      'auth.ts': `${keys}const issuer = \`https://\${domain}/\`
const audience = process.env.AUTH0_AUDIENCE
export const check = (token: string) => jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256', 'PS256'] })`,
    },
  },
  {
    code: 'alg-hs256',
    mistake: 'none in createAuth',
    severity: 'error',
    broken: {
      'auth.js': `import { createAuth } from 'sallyport/hono'\nexport const auth0 = createAuth({ algorithms: [‹here›'none'] })`,
    },
    clean: {
      'auth.js': `import { createAuth } from 'sallyport/hono'\nexport const auth0 = createAuth({ algorithms: ['ES256'] })`,
    },
  },
  {
    code: 'decode-not-verify',
    mistake: 'jwtDecode in a handler',
    severity: 'error',
    broken: {
      'app.ts': `import express from 'express'
import { jwtDecode } from 'jwt-decode'
const app = express()
app.get('/me', (req, res) => res.json(‹here›jwtDecode(String(req.query.jwt)).sub))`,
    },
    clean: {
      'page.tsx': `import { jwtDecode } from 'jwt-decode'
export const Name = ({ jwt }: { jwt: string }) => <b>{jwtDecode<{ name: string }>(jwt).name}</b>`,
    },
  },
  {
    code: 'decode-not-verify',
    mistake: 'the payload by hand, in a file that the server imports',
    severity: 'error',
    broken: {
      'app.ts': `import Fastify from 'fastify'
import { userOf } from './user.js'
export const app = Fastify()
app.get('/me', async (request) => userOf(request.query.jwt))`,
      'user.ts': `export function userOf(jwt: string) {
  return JSON.parse(‹here›Buffer.from(jwt.split('.')[1], 'base64url').toString())
}`,
    },
    clean: {
      'app.ts': `import { createAuth } from 'sallyport/fastify'
import { decodeJwt } from 'jose'
export const auth0 = createAuth()
export const issued = (request) => decodeJwt(request.auth.token).iat`,
    },
  },
  {
    code: 'decode-not-verify',
    mistake: 'jwt.decode, in a file that verifies other things',
    severity: 'error',
    broken: {
      'app.ts': `import express from 'express'
import jwt from 'jsonwebtoken'
import passport from 'passport'
import { verifyEmail } from './email.js'
const app = express()
app.post('/email', (req, res) => res.json(verifyEmail(req.body)))
app.post('/session', passport.authenticate('local'), (_req, res) => res.end())
app.get('/me', (req, res) => res.json(‹here›jwt.decode(String(req.query.jwt))))`,
    },
    clean: {
      'app.ts': `import express from 'express'
import jwt from 'jsonwebtoken'
export const app = express()
const keyOf = (token) => keys[jwt.decode(token, { complete: true }).header.kid]
export function check(token) {
  const { payload } = jwt.decode(token, { complete: true })
  return jwt.verify(token, keyOf(token), { issuer: payload.iss, audience: 'a', algorithms: ['RS256'], key: process.env.SESSION_SECRET })
}
export const sign = (user) => jwt.sign(user, process.env.SESSION_SECRET)`,
    },
  },
  {
    code: 'decode-not-verify',
    mistake: 'decode of hono/jwt',
    severity: 'error',
    broken: {
      'app.ts': `import { Hono } from 'hono'
import { decode } from 'hono/jwt'
export const app = new Hono()
app.get('/me', (c) => c.json(‹here›decode(c.req.query('jwt') ?? '').payload))`,
    },
    clean: {
      'app.ts': `import { Hono } from 'hono'
import { decode } from './morse.js'
export const app = new Hono()
app.get('/me', (c) => c.json(decode(c.req.query('text') ?? '')))`,
    },
  },
  {
    code: 'decode-not-verify',
    mistake: 'decode of the JwtService of NestJS',
    severity: 'error',
    broken: {
      'user.service.ts': `import { Injectable } from '@nestjs/common'
import { JwtService } from '@nestjs/jwt'
@Injectable()
export class UserService {
  constructor(private readonly jwt: JwtService) {}
  userOf(jwt: string) { return ‹here›this.jwt.decode(jwt) }
}`,
    },
    clean: {
      'user.service.ts': `import { Injectable } from '@nestjs/common'
import { JwtService } from '@nestjs/jwt'
@Injectable()
export class UserService {
  constructor(private readonly jwt: JwtService) {}
  sign(user: object) { return this.jwt.signAsync(user) }
}`,
    },
  },
  {
    code: 'decode-not-verify',
    mistake: 'decodeJwt in a route file of Next.js',
    severity: 'error',
    broken: {
      'app/me/route.ts': `import { decodeJwt } from 'jose'
export async function GET(request: Request) {
  return Response.json(‹here›decodeJwt(new URL(request.url).searchParams.get('jwt') ?? ''))
}`,
    },
    clean: {
      'lib/claims.ts': `import { decodeJwt } from 'jose'
export const nameOf = (jwt: string) => decodeJwt(jwt)['name']`,
    },
  },
  {
    code: 'raw-jwt-verify',
    mistake: 'hono/jwk without issuer and audience',
    severity: 'error',
    broken: {
      'app.ts': `import { Hono } from 'hono'
import { jwk } from 'hono/jwk'
export const app = new Hono()
app.use('/api/*', ‹here›jwk({ jwks_uri: process.env.JWKS_URI, alg: ['RS256'] }))`,
    },
    clean: {
      'app.ts': `import { Hono } from 'hono'
import { createAuth } from 'sallyport/hono'
export const app = new Hono()
app.use('/api/*', createAuth().requireAuth())`,
    },
  },
  {
    code: 'raw-jwt-verify',
    mistake: 'hono/jwk that checks everything',
    severity: 'warning',
    broken: {
      'app.ts': `import { Hono } from 'hono'
import { jwk } from 'hono/jwk'
export const app = new Hono()
const verification = { iss: process.env.ISSUER, aud: process.env.AUDIENCE }
app.use('/api/*', ‹here›jwk({ jwks_uri: process.env.JWKS_URI, alg: ['RS256'], verification }))`,
    },
    clean: { 'app.ts': `import { Hono } from 'hono'\nexport const app = new Hono()` },
  },
  {
    code: 'manual-bearer',
    mistake: 'split of the header',
    severity: 'warning',
    broken: {
      'app.js': `import express from 'express'
const app = express()
app.use((req, res, next) => {
  req.accessToken = ‹here›req.headers.authorization?.split(' ')[1]
  next()
})`,
    },
    clean: {
      'app.js': `import express from 'express'
const app = express()
app.use((req, res, next) => {
  const [, pair] = (req.headers.authorization ?? '').split(' ')
  req.basic = Buffer.from(pair, 'base64').toString('utf8') // Basic
  next()
})
app.get('/proxy', async (req, res) => {
  const answer = await fetch('http://orders', { headers: { authorization: req.headers.authorization } })
  res.json(await answer.json())
})`,
    },
  },
  {
    code: 'manual-bearer',
    mistake: 'a slice of the header, in Hono',
    severity: 'warning',
    broken: {
      'app.ts': `import { Hono } from 'hono'
export const app = new Hono()
app.use(async (c, next) => {
  const header = ‹here›c.req.header('Authorization')
  if (!header?.startsWith('Bearer ')) return c.text('no', 401)
  c.set('accessToken', header.slice('Bearer '.length))
  await next()
})`,
    },
    clean: { 'app.ts': `${honoStart}app.get('/api/private', auth0.requireAuth(), (c) => c.json(c.var.auth.claims))` },
  },
  {
    code: 'id-token-used',
    mistake: '__raw in a header',
    severity: 'error',
    broken: {
      'api.ts': `import type { Auth0Client } from '@auth0/auth0-spa-js'
export async function orders(client: Auth0Client) {
  const claims = await client.getIdTokenClaims()
  return fetch('/orders', { headers: { Authorization: \`Bearer \${‹here›claims.__raw}\` } })
}`,
    },
    clean: {
      'api.ts': `import type { Auth0Client } from '@auth0/auth0-spa-js'
export async function orders(client: Auth0Client) {
  const token = await client.getTokenSilently()
  return fetch('/orders', { headers: { Authorization: \`Bearer \${token}\` } })
}`,
    },
  },
  {
    code: 'id-token-used',
    mistake: 'id_token of an answer, through a name',
    severity: 'error',
    broken: {
      'api.js': `export function orders(tokens) {
  const jwt = tokens.id_token
  const headers = new Headers()
  headers.set('authorization', 'Bearer ' + ‹here›jwt)
  return fetch('/orders', { headers })
}`,
    },
    clean: {
      'api.js': `export function orders(tokens) {
  const headers = new Headers()
  headers.set('authorization', 'Bearer ' + tokens.access_token)
  return fetch('/orders?hint=' + tokens.id_token, { headers })
}`,
    },
  },
  {
    code: 'cors-missing',
    mistake: 'a single-page application in the project',
    severity: 'warning',
    broken: {
      'package.json': packageJson({ dependencies: { fastify: '5', sallyport: '1', 'react-dom': '19' } }),
      'app.ts': guardedFastify.replace('Fastify()', '‹here›Fastify()'),
    },
    clean: {
      'package.json': packageJson({ dependencies: { fastify: '5', sallyport: '1', 'react-dom': '19' } }),
      'app.ts': guardedFastify.replace('await app', `await app.register(import('@fastify/cors'))\nawait app`),
    },
  },
  {
    code: 'cors-order',
    mistake: 'cors() behind a guarded route of Express',
    severity: 'warning',
    broken: { 'app.ts': `import cors from 'cors'\n${guardedExpress}‹here›app.use(cors())` },
    clean: {
      'app.ts': `import cors from 'cors'\n${guardedExpress.replace('express()\n', 'express()\napp.use(cors())\n')}`,
    },
  },
  {
    code: 'cors-order',
    mistake: 'cors() behind a guard of Express, and of nothing that sounds alike',
    severity: 'warning',
    broken: {
      'app.ts': `import cors from 'cors'\n${expressStart}app.use(auth0.requireAuth())\n‹here›app.use(cors())`,
    },
    clean: {
      'app.ts': `import cors from 'cors'
import session from 'express-session'
${expressStart}app.use(session())
app.use(checkVersion())
app.use(cors())`,
    },
  },
  {
    code: 'cors-order',
    mistake: '@fastify/cors behind a guard of the app',
    severity: 'warning',
    broken: {
      'app.ts': `import cors from '@fastify/cors'
${fastifyStart}app.addHook('onRequest', auth0.requireAuth())
await ‹here›app.register(cors, { origin: true })`,
    },
    clean: {
      'app.ts': `import cors from '@fastify/cors'\n${guardedFastify}await app.register(cors, { origin: true })`,
    },
  },
  {
    code: 'cors-headers',
    mistake: 'a list without Authorization',
    severity: 'error',
    broken: {
      'app.ts': `import cors from '@fastify/cors'
${fastifyStart}await app.register(cors, { allowedHeaders: ‹here›['Content-Type'] })`,
    },
    clean: {
      'app.ts': `import cors from '@fastify/cors'
import { corsHeaders } from 'sallyport'
${fastifyStart}await app.register(cors, { allowedHeaders: ['Content-Type', ...corsHeaders.allowed] })`,
    },
  },
  {
    code: 'cors-headers',
    mistake: 'no DPoP where DPoP is required, in Hono',
    severity: 'error',
    broken: {
      'app.ts': `import { cors } from 'hono/cors'
${honoStart.replace('createAuth()', "createAuth({ dpop: 'required' })")}app.use(cors({ origin: '*', allowHeaders: ‹here›['authorization'] }))`,
    },
    clean: {
      'app.ts': `import { cors } from 'hono/cors'
${honoStart.replace('createAuth()', "createAuth({ dpop: 'required' })")}app.use(cors({ origin: '*', allowHeaders: ['authorization', 'dpop'] }))`,
    },
  },
  {
    code: 'cors-headers',
    mistake: 'a nonce that nobody can read, in NestJS',
    severity: 'error',
    broken: {
      'app.module.ts': `import { SallyportModule } from 'sallyport/nestjs'
export const auth = SallyportModule.forRoot({ dpop: { nonce: { secrets: process.env.NONCE_SECRET } } })`,
      'main.ts': `import { NestFactory } from '@nestjs/core'
const app = await NestFactory.create(class {})
app.enableCors({ exposedHeaders: ‹here›'WWW-Authenticate, Retry-After' })`,
    },
    clean: {
      'app.module.ts': `import { SallyportModule } from 'sallyport/nestjs'
export const auth = SallyportModule.forRoot({ dpop: { nonce: 'off' } })`,
      'main.ts': `import { NestFactory } from '@nestjs/core'
const app = await NestFactory.create(class {})
app.enableCors({ exposedHeaders: 'X-Total, WWW-Authenticate' })`,
    },
  },
  {
    code: 'cors-headers',
    mistake: 'a challenge that no browser client can read',
    severity: 'warning',
    broken: {
      'app.ts': `import cors from 'cors'
${expressStart}app.use(cors({ exposedHeaders: ‹here›['X-Total'] }))`,
    },
    clean: {
      'app.ts': `import cors from 'cors'
${expressStart}app.use(cors({ exposedHeaders: ['X-Total', 'WWW-Authenticate'] }))`,
    },
  },
  {
    code: 'cors-headers',
    mistake: 'a list without Authorization, where a Nest app is created',
    severity: 'error',
    broken: {
      'main.ts': `import { NestFactory } from '@nestjs/core'
const app = await NestFactory.create(class {}, { cors: { allowedHeaders: ‹here›'Content-Type' } })`,
    },
    clean: {
      'main.ts': `import { NestFactory } from '@nestjs/core'
const app = await NestFactory.create(class {}, { cors: true })`,
    },
  },
  {
    code: 'env-not-loaded',
    mistake: 'nest start, which loads no .env',
    severity: 'error',
    broken: {
      '.env': 'AUTH0_DOMAIN=tenant.eu.auth0.com\n',
      'package.json': packageJson({ scripts: { start: 'nest start' } }),
      'main.ts': `console.log(‹here›process.env.AUTH0_DOMAIN)`,
    },
    clean: {
      '.env': 'AUTH0_DOMAIN=tenant.eu.auth0.com\n',
      'package.json': packageJson({ scripts: { start: 'nest start --env-file .env' } }),
      'main.ts': `console.log(process.env.AUTH0_DOMAIN)`,
    },
  },
  {
    code: 'env-not-loaded',
    mistake: 'a start script that loads no .env',
    severity: 'error',
    broken: {
      '.env': 'AUTH0_DOMAIN=tenant.eu.auth0.com\nAUTH0_AUDIENCE=https://api.example.com\n',
      'package.json': packageJson({ scripts: { start: 'node server.js' } }),
      'server.js': `import { createAuth } from 'sallyport/express'\nexport const auth0 = ‹here›createAuth()`,
    },
    clean: {
      '.env': 'AUTH0_DOMAIN=tenant.eu.auth0.com\nAUTH0_AUDIENCE=https://api.example.com\n',
      'package.json': packageJson({ scripts: { start: 'node --env-file=.env server.js' } }),
      'server.js': `import { createAuth } from 'sallyport/express'\nexport const auth0 = createAuth()`,
    },
  },
  {
    code: 'env-not-loaded',
    mistake: 'a variable that is read by its name',
    severity: 'error',
    broken: {
      '.env': 'AUTH0_DOMAIN=tenant.eu.auth0.com\n',
      'package.json': packageJson({ scripts: { dev: 'tsx watch src/server.ts' } }),
      'src/server.ts': `const { PORT } = process.env\nconsole.log(PORT, ‹here›process.env.AUTH0_DOMAIN)`,
    },
    clean: {
      '.env': 'AUTH0_DOMAIN=tenant.eu.auth0.com\n',
      'package.json': packageJson({ scripts: { dev: 'tsx watch src/server.ts' } }),
      'src/server.ts': `process.loadEnvFile()\nconsole.log(process.env.AUTH0_DOMAIN)`,
    },
  },
  {
    code: 'env-order',
    mistake: 'an import that reads what is loaded below it',
    severity: 'error',
    broken: {
      'server.ts': `import dotenv from 'dotenv'
‹here›import { auth0 } from './auth.js'
dotenv.config()
console.log(auth0)`,
      'auth.ts': `import { createAuth } from 'sallyport/fastify'\nexport const auth0 = createAuth()`,
    },
    clean: {
      'server.ts': `import 'dotenv/config'\nimport { auth0 } from './auth.js'\nconsole.log(auth0)`,
      'auth.ts': `import { createAuth } from 'sallyport/fastify'\nexport const auth0 = createAuth()`,
    },
  },
  {
    code: 'env-order',
    mistake: 'require above config(), in CommonJS',
    severity: 'error',
    broken: {
      'server.cjs': `const settings = ‹here›require('./settings.cjs')\nrequire('dotenv').config()\nconsole.log(settings)`,
      'settings.cjs': `exports.domain = process.env.AUTH0_DOMAIN`,
    },
    clean: {
      'server.cjs': `require('dotenv').config()\nconst settings = require('./settings.cjs')\nconsole.log(settings)`,
      'settings.cjs': `exports.domain = process.env.AUTH0_DOMAIN`,
    },
  },
  {
    code: 'issuer-no-slash',
    mistake: 'a template as issuer',
    severity: 'error',
    broken: {
      'auth.ts': `import { createAuth } from 'sallyport/hono'
export const auth0 = createAuth({ issuer: ‹here›\`https://\${process.env.AUTH0_DOMAIN}\` })`,
    },
    clean: {
      'auth.ts': `import { createAuth } from 'sallyport/hono'
export const auth0 = createAuth({ issuer: \`https://\${process.env.AUTH0_DOMAIN}/\` })
export const endSession = \`https://\${process.env.AUTH0_DOMAIN}\` + '/v2/logout'`,
    },
  },
  {
    code: 'issuer-no-slash',
    mistake: 'a comparison with iss',
    severity: 'error',
    broken: {
      'check.js': `export const isOurs = (claims) => claims.iss === ‹here›'https://' + process.env.AUTH0_DOMAIN`,
    },
    clean: {
      'check.js': `export const isOurs = (claims) => claims.iss === 'https://' + process.env.AUTH0_DOMAIN + '/'`,
    },
  },
  {
    code: 'secret-in-frontend',
    mistake: 'a secret that Vite writes into the page',
    severity: 'error',
    broken: { 'main.ts': `export const secret = ‹here›import.meta.env.VITE_AUTH0_CLIENT_SECRET` },
    clean: { 'main.ts': `export const client = import.meta.env.VITE_AUTH0_CLIENT_ID` },
  },
  {
    code: 'secret-in-frontend',
    mistake: 'a variable of Next.js in .env',
    severity: 'error',
    broken: { '.env': 'NEXT_PUBLIC_NAME=shop\n‹here›NEXT_PUBLIC_AUTH0_CLIENT_SECRET=unsaid\n' },
    clean: { '.env': 'NEXT_PUBLIC_NAME=shop\nAUTH0_CLIENT_SECRET=unsaid\n' },
  },
  {
    code: 'secret-literal',
    mistake: 'a secret in the body of a request',
    severity: 'error',
    broken: {
      'token.ts': `export const body = { grant: 'x', client_secret: ‹here›'aZ3-${'kQ9x_Lw7Rt2Vb5Nm8Yp1'.repeat(3)}' }`,
    },
    clean: {
      'token.ts': `export const body = { grant: 'x', client_secret: readFileSync('/run/secrets/client', 'utf8') }
export const sample = { client_secret: 'YOUR_CLIENT_SECRET' }`,
    },
  },
  {
    code: 'proxy-trust',
    mistake: 'Express behind a proxy, with DPoP',
    severity: 'warning',
    broken: {
      'app.ts': `${expressStart.replace('createAuth()', "‹here›createAuth({ dpop: 'required' })")}app.set('trust proxy', 1)`,
    },
    clean: {
      'app.ts': `${expressStart.replace('createAuth()', "createAuth({ dpop: 'required', trustProxy: 1 })")}app.set('trust proxy', 1)`,
    },
  },
  {
    code: 'proxy-trust',
    mistake: 'Express behind a proxy, with DPoP as it is by default',
    severity: 'info',
    broken: {
      'app.ts': `${expressStart.replace('createAuth()', '‹here›createAuth()')}app.set('trust proxy', 1)`,
    },
    clean: {
      'app.ts': `${expressStart.replace('createAuth()', "createAuth({ dpop: 'disabled' })")}app.set('trust proxy', 1)`,
    },
  },
  {
    code: 'auth-on-options',
    mistake: 'a guard before OPTIONS',
    severity: 'warning',
    broken: {
      'app.ts': `${expressStart}‹here›app.options('/api/orders', auth0.requireAuth(), (_req, res) => res.end())`,
    },
    clean: { 'app.ts': `${expressStart}app.options('/api/orders', (_req, res) => res.end())` },
  },
  {
    code: 'jwks-per-request',
    mistake: 'a key set in a handler',
    severity: 'warning',
    broken: {
      'app.ts': `import express from 'express'
import { createRemoteJWKSet } from 'jose'
export const app = express()
app.use(async (req, res, next) => {
  res.locals.keys = ‹here›createRemoteJWKSet(new URL('https://keys.example.com'))
  next()
})`,
    },
    clean: {
      'app.ts': `import express from 'express'
import { createRemoteJWKSet } from 'jose'
export const app = express()
let keys
app.use(async (req, res, next) => {
  keys ??= createRemoteJWKSet(new URL('https://keys.example.com'))
  res.locals.keys = keys
  next()
})`,
    },
  },
  {
    code: 'jwks-per-request',
    mistake: 'createAuth in a handler of a Worker',
    severity: 'warning',
    broken: {
      'worker.ts': `import { createAuth } from 'sallyport/fetch'
export default {
  fetch(request: Request, env: { DOMAIN: string; AUDIENCE: string }) {
    return ‹here›createAuth({ domain: env.DOMAIN, audience: env.AUDIENCE }).protect(() => new Response())(request)
  },
}`,
    },
    clean: {
      'worker.ts': `import { env } from 'cloudflare:workers'
import { createAuth } from 'sallyport/fetch'
const auth0 = createAuth({ domain: env.DOMAIN, audience: env.AUDIENCE })
export default { fetch: auth0.protect(() => new Response()) }`,
    },
  },
  {
    code: 'm2m-no-cache',
    mistake: 'a token for every request',
    severity: 'warning',
    broken: {
      'app.ts': `${guardedFastify}app.get('/orders', { onRequest: auth0.requireAuth() }, async () => fetch('http://orders', { headers: await headers() }))
async function headers() {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'orders' })
  const answer = await ‹here›fetch('https://issuer.example.com/oauth/token', { method: 'POST', body })
  return { authorization: 'Bearer ' + (await answer.json()).access_token }
}`,
    },
    clean: {
      'app.ts': `${guardedFastify}let cached
app.get('/orders', { onRequest: auth0.requireAuth() }, async () => fetch('http://orders', { headers: await headers() }))
async function headers() {
  if (cached && cached.until > Date.now()) return cached.headers
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'orders' })
  const answer = await fetch('https://issuer.example.com/oauth/token', { method: 'POST', body })
  const { access_token, expires_in } = await answer.json()
  cached = { headers: { authorization: 'Bearer ' + access_token }, until: Date.now() + expires_in * 900 }
  return cached.headers
}`,
    },
  },
  {
    code: 'unprotected-route',
    mistake: 'a DELETE beside a guarded GET',
    severity: 'warning',
    broken: {
      'app.ts': `${expressStart}app.get('/api/messages', auth0.requireAuth(), (_req, res) => res.json([]))
‹here›app.delete('/api/messages/:id', (_req, res) => res.end())`,
    },
    clean: {
      'app.ts': `${expressStart}app.post('/api/messages', auth0.requireAuth(), (_req, res) => res.json([]))
app.get('/api/messages', (_req, res) => res.json([]))
app.get('/api/about', (_req, res) => res.end())
// Anybody may report one.
app.put('/api/messages/:id', (_req, res) => res.end())`,
    },
  },
  {
    code: 'unprotected-route',
    mistake: 'a route of Fastify without its hook',
    severity: 'warning',
    broken: {
      'app.ts': `${guardedFastify}‹here›app.get('/api/private/:id', async () => ({ secretless: true }))`.replace(
        'secretless',
        'one',
      ),
    },
    clean: {
      'app.ts': `${guardedFastify}app.get('/api/private/:id', { onRequest: auth0.requireAuth() }, async () => ({}))`,
    },
  },
  {
    code: 'unprotected-route',
    mistake: 'a method of a Nest controller without its guard',
    severity: 'warning',
    broken: {
      'messages.controller.ts': `import { Controller, Delete, Get, UseGuards } from '@nestjs/common'
import { JwtGuard } from './jwt.guard'
@Controller('messages')
export class MessagesController {
  @Get() @UseGuards(JwtGuard) list() { return [] }
  @Delete(':id') ‹here›remove() { return {} }
}`,
    },
    clean: {
      'messages.controller.ts': `import { Controller, Delete, Get } from '@nestjs/common'
import { RequireAuth } from 'sallyport/nestjs'
@Controller('messages')
export class MessagesController {
  @Get() @RequireAuth({ scopes: 'read:messages' }) list() { return [] }
  @Delete(':id') remove() { return {} }
}`,
    },
  },
  {
    code: 'unprotected-route',
    mistake: 'a DELETE behind what keeps nobody out',
    severity: 'warning',
    broken: {
      'app.ts': `${expressStart}app.use((req, _res, next) => { console.log(req.url); next() })
app.use('/api/orders', checkOrders)
app.get('/api/notes', auth0.requireAuth(), (_req, res) => res.json([]))
‹here›app.delete('/api/notes/:id', (_req, res) => res.end())
app.use((_req, res) => res.status(404).end())
app.use(gatekeeper)`,
    },
    clean: {
      'app.ts': `${expressStart}app.use('/api/notes', gatekeeper)
app.get('/api/notes', auth0.requireAuth(), (_req, res) => res.json([]))
app.delete('/api/notes/:id', (_req, res) => res.end())`,
    },
  },
  {
    code: 'unprotected-route',
    mistake: 'a POST among guarded routes of other resources',
    severity: 'info',
    broken: {
      'app.ts': `${guardedFastify}app.get('/api/orders', async () => [])
‹here›app.post('/api/notes/:id/comments', async () => ({}))`,
    },
    clean: {
      'app.ts': `${guardedFastify}app.get('/api/orders', async () => [])
app.post('/feedback', async () => ({}))`,
    },
  },
  {
    code: 'unprotected-route',
    mistake: 'a route in a file of a Fastify plugin, which imports the guard alone',
    severity: 'warning',
    broken: {
      'auth.ts': `import { createAuth } from 'sallyport/fastify'\nexport const auth0 = createAuth()`,
      'routes/notes.ts': `import { auth0 } from '../auth.js'
export default async function routes(app) {
  app.get('/notes', { onRequest: auth0.requireAuth() }, async () => [])
  ‹here›app.delete('/notes/:id', async () => ({}))
}`,
    },
    clean: {
      'auth.ts': `import { createAuth } from 'sallyport/fastify'\nexport const auth0 = createAuth()`,
      'routes/notes.ts': `import { auth0 } from '../auth.js'
export default async function routes(app) {
  app.addHook('onRequest', auth0.requireAuth())
  app.get('/notes', { onRequest: auth0.requireAuth({ scopes: 'read:notes' }) }, async () => [])
  app.delete('/notes/:id', async () => ({}))
}`,
    },
  },
  {
    code: 'unprotected-route',
    mistake: 'a DELETE of Next.js beside a guarded GET',
    severity: 'warning',
    broken: {
      'auth.ts': `import { createAuth } from 'sallyport/fetch'\nexport const auth0 = createAuth()`,
      'app/notes/route.ts': `import { auth0 } from '../../auth'
export const GET = auth0.protect(() => Response.json([]))
export ‹here›async function DELETE() { return new Response(null, { status: 204 }) }`,
    },
    clean: {
      'auth.ts': `import { createAuth } from 'sallyport/fetch'\nexport const auth0 = createAuth()`,
      'app/notes/route.ts': `import { auth0 } from '../../auth'
export const DELETE = auth0.protect(() => new Response(null, { status: 204 }))
export const GET = () => Response.json([])`,
    },
  },
  {
    code: 'unprotected-route',
    mistake: 'a method of a controller where the module guards decorated routes alone',
    severity: 'warning',
    broken: {
      'app.module.ts': `import { SallyportModule } from 'sallyport/nestjs'
export const auth = SallyportModule.forRoot({ protect: 'decoratedRoutes' })`,
      'notes.controller.ts': `import { Controller, Delete, Get } from '@nestjs/common'
import { RequireAuth } from 'sallyport/nestjs'
@Controller('notes')
export class NotesController {
  @Get() @RequireAuth() list() { return [] }
  @Delete(':id') ‹here›remove() { return {} }
}`,
    },
    clean: {
      'app.module.ts': `import { SallyportModule } from 'sallyport/nestjs'
export const auth = SallyportModule.forRoot({})`,
      'notes.controller.ts': `import { Controller, Delete, Get, UseGuards } from '@nestjs/common'
import { OwnGuard } from './own.guard'
@Controller('notes')
export class NotesController {
  @Get() @UseGuards(OwnGuard) list() { return [] }
  @Delete(':id') remove() { return {} }
}`,
    },
  },
  {
    code: 'role-claim-unnamespaced',
    mistake: 'roles of the claims',
    severity: 'info',
    broken: {
      'app.ts': `${fastifyStart}app.get('/api/admin', { onRequest: auth0.requireAuth() }, async (request) =>
  ‹here›request.auth.claims.roles.includes('admin'))`,
    },
    clean: {
      'app.ts': `${fastifyStart}app.get('/api/admin', { onRequest: auth0.requireAuth({ permissions: 'administer' }) }, async (request) =>
  request.auth.claims['https://example.com/roles'])`,
    },
  },
  {
    code: 'shared-cache',
    mistake: 'public behind a guard, in Express',
    severity: 'warning',
    broken: {
      'app.ts': `${expressStart}app.get('/api/orders', auth0.requireAuth(), (_req, res) => {
  res.set('Cache-Control', ‹here›'public, max-age=60').json([])
})`,
    },
    clean: {
      'app.ts': `${expressStart}app.get('/api/orders', auth0.requireAuth(), (_req, res) => {
  res.set('Cache-Control', 'private, max-age=60').json([])
})
app.get('/prices', (_req, res) => res.set('Cache-Control', 'public, max-age=60').json([]))`,
    },
  },
  {
    code: 'shared-cache',
    mistake: 's-maxage behind protect()',
    severity: 'warning',
    broken: {
      'route.ts': `import { createAuth } from 'sallyport/fetch'
const auth0 = createAuth()
export const GET = auth0.protect(() => new Response('', { headers: { 'cache-control': ‹here›'s-maxage=60' } }))`,
    },
    clean: {
      'route.ts': `import { createAuth } from 'sallyport/fetch'
const auth0 = createAuth()
export const GET = auth0.protect(() => new Response('', { headers: { 'cache-control': 'no-store' } }))
export const HEAD = () => new Response('', { headers: { 'cache-control': 's-maxage=60' } })`,
    },
  },
  {
    code: 'scope-vs-permissions',
    mistake: 'one right, demanded as both',
    severity: 'info',
    broken: {
      'app.ts': `${expressStart}app.get('/api/a', auth0.requireAuth({ permissions: ['read:a'] }), (_req, res) => res.end())
app.put('/api/a', auth0.requireAuth({ scopes: ‹here›'read:a write:a' }), (_req, res) => res.end())`,
    },
    clean: {
      'app.ts': `${expressStart}app.get('/api/a', auth0.requireAuth({ scopes: 'read:a' }), (_req, res) => res.end())
app.put('/api/a', auth0.requireAuth({ permissions: 'write:a' }), (_req, res) => res.end())`,
    },
  },
]
