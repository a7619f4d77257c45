import type { Files } from './doctor-projects.js'

/** Apps in which there is nothing to find, one for each framework and then some. */
export const carefulProjects: Readonly<Record<string, Files>> = {
  'Fastify with CORS, DPoP and a replay store, behind a proxy': {
    '.env': 'AUTH0_DOMAIN=tenant.eu.auth0.com\nAUTH0_AUDIENCE=https://api.example.com\n',
    'package.json': JSON.stringify({
      type: 'module',
      scripts: { start: 'node --env-file=.env server.ts' },
      dependencies: { fastify: '5', sallyport: '1', '@fastify/cors': '11', ioredis: '5', 'react-dom': '19' },
    }),
    'server.ts': `import cors from '@fastify/cors'
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import { corsHeaders } from 'sallyport'
import { createAuth } from 'sallyport/fastify'
import { redisReplayStore } from 'sallyport/redis'

const auth0 = createAuth({
  domain: process.env.AUTH0_DOMAIN,
  audience: process.env.AUTH0_AUDIENCE,
  algorithms: ['RS256'],
  dpop: { mode: 'required', replay: redisReplayStore(new Redis()), nonce: { secrets: process.env.NONCE_SECRET } },
  publicUrl: process.env.PUBLIC_URL,
  onEvent: (event) => app.log.info(event),
})
const app = Fastify({ trustProxy: true, logger: true })
await app.register(cors, {
  origin: 'https://app.example.com',
  allowedHeaders: [...corsHeaders.allowed, 'Content-Type'],
  exposedHeaders: [...corsHeaders.exposed],
})
await app.register(auth0.plugin)
app.get('/health', async () => ({ ok: true }))
app.get('/api/prices', async (_request, reply) => reply.header('cache-control', 'public, max-age=60').send([]))
app.register(async (api) => {
  api.addHook('onRequest', auth0.requireAuth())
  api.get('/api/orders', async (request) => ({ user: request.auth.claims.sub }))
  api.delete('/api/orders/:id', async (request) => {
    request.auth.require({ permissions: 'delete:orders' })
    return { deleted: true }
  })
})
app.post('/api/messages', { onRequest: auth0.requireAuth({ scopes: 'write:messages' }) }, async () => ({}))
app.get('/api/messages', { onRequest: auth0.requireAuth({ optional: true }) }, async (request) => auth0.authOf(request) ?? {})
await app.listen({ port: 3000 })
`,
  },
  'Express with routers and a webhook that checks its own token': {
    'package.json': JSON.stringify({ dependencies: { express: '5', sallyport: '1', dotenv: '17' } }),
    '.env': 'AUTH0_DOMAIN=tenant.eu.auth0.com\nAUTH0_AUDIENCE=https://api.example.com\n',
    'src/server.ts': `import 'dotenv/config'
import cors from 'cors'
import express from 'express'
import helmet from 'helmet'
import { auth0 } from './auth.js'
import { orders } from './orders.js'
import { webhook } from './webhook.js'
const app = express()
app.set('trust proxy', 1)
app.use(helmet())
app.use(cors({ origin: 'https://app.example.com', allowedHeaders: 'Authorization, Content-Type' }))
app.use(express.json())
app.post('/hooks/stock', webhook)
app.get('/', (_req, res) => void res.send('hello'))
app.use('/api/orders', auth0.requireAuth({ scopes: ['read:orders'] }), orders)
app.use(auth0.errorHandler)
app.listen(3000)
`,
    'src/auth.ts': `import { createAuth } from 'sallyport/express'
export const auth0 = createAuth({ errorProfile: 'rfc', trustProxy: 1 })
`,
    'src/orders.ts': `import { Router } from 'express'
import { auth0 } from './auth.js'
export const orders = Router()
orders.get('/', (req, res) => void res.json({ user: req.auth.claims.sub }))
orders.post('/', auth0.requireAuth({ scopes: 'write:orders' }), (_req, res) => void res.status(201).end())
orders.delete('/:id', auth0.requireAuth({ permissions: 'delete:orders' }), (_req, res) => void res.status(204).end())
`,
    'src/webhook.ts': `import type { Request, Response } from 'express'
import jwt from 'jsonwebtoken'
export function webhook(req: Request, res: Response) {
  jwt.verify(String(req.get('x-signature')), process.env.WEBHOOK_SECRET ?? '', { algorithms: ['HS256'] })
  res.status(204).end()
}
`,
  },
  'Hono on Workers': {
    'package.json': JSON.stringify({ dependencies: { hono: '4', sallyport: '1', wrangler: '4' } }),
    'src/index.ts': `import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { logger } from 'hono/logger'
import { createAuth } from 'sallyport/hono'
const auth0 = createAuth({ domain: env.AUTH0_DOMAIN, audience: env.AUTH0_AUDIENCE, dpop: 'disabled' })
const app = new Hono()
app.use(logger())
app.use('/api/*', cors({ origin: 'https://app.example.com', allowHeaders: ['Authorization'], exposeHeaders: ['WWW-Authenticate'] }))
app.get('/api/public', (c) => c.json({ message: 'hello' }))
app.use('/api/admin/*', auth0.requireAuth({ permissions: 'administer' }))
app.get('/api/admin/users', (c) => c.json([]))
app.delete('/api/admin/users/:id', (c) => c.body(null, 204))
app.get('/api/private', auth0.requireAuth(), (c) => c.json({ user: c.var.auth.claims.sub }))
export default app
`,
  },
  'NestJS with ConfigModule': {
    '.env': 'AUTH0_DOMAIN=tenant.eu.auth0.com\nAUTH0_AUDIENCE=https://api.example.com\n',
    'package.json': JSON.stringify({
      scripts: { start: 'node dist/main.js' },
      dependencies: { '@nestjs/common': '11', '@nestjs/core': '11', '@nestjs/config': '4', sallyport: '1' },
    }),
    'src/main.ts': `import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module'
const app = await NestFactory.create(AppModule)
app.enableCors({ origin: 'https://app.example.com', allowedHeaders: ['Authorization', 'DPoP'] })
await app.listen(3000)
`,
    'src/app.module.ts': `import { Module } from '@nestjs/common'
import { ConfigModule, ConfigService } from '@nestjs/config'
import { SallyportModule } from 'sallyport/nestjs'
import { OrdersController } from './orders.controller'
@Module({
  imports: [
    ConfigModule.forRoot(),
    SallyportModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({ domain: config.get('AUTH0_DOMAIN'), audience: config.get('AUTH0_AUDIENCE') }),
    }),
  ],
  controllers: [OrdersController],
})
export class AppModule {}
`,
    'src/orders.controller.ts': `import { Body, Controller, Delete, Get, Header, Param, Post } from '@nestjs/common'
import type { Auth } from 'sallyport'
import { CurrentAuth, Public, RequireAuth } from 'sallyport/nestjs'
@Controller('orders')
export class OrdersController {
  constructor(private readonly name = 'orders') {}
  @Get('prices') @Public() @Header('Cache-Control', 'public, max-age=60') prices() { return [] }
  @Get() @RequireAuth({ scopes: 'read:orders' }) list(@CurrentAuth() auth: Auth) { return [auth.claims.sub] }
  @Post() create(@Body() body: object) { return body }
  @Delete(':id') @RequireAuth({ permissions: 'delete:orders' }) remove(@Param('id') id: string) { return { id } }
}
`,
  },
  'route handlers of Next.js, with a page': {
    '.env': 'AUTH0_DOMAIN=tenant.eu.auth0.com\nAUTH0_AUDIENCE=https://api.example.com\nNEXT_PUBLIC_AUTH0_CLIENT_ID=x\n',
    'package.json': JSON.stringify({
      scripts: { dev: 'next dev' },
      dependencies: { next: '16', react: '19', 'react-dom': '19', sallyport: '1' },
    }),
    'app/auth.ts': `import { createAuth } from 'sallyport/fetch'\nexport const auth0 = createAuth()\n`,
    'app/api/orders/route.ts': `import { auth0 } from '../../auth'
export const GET = auth0.protect((_request, auth) => Response.json({ user: auth.claims.sub }), { scopes: 'read:orders' })
export const POST = auth0.protect(async (request) => Response.json(await request.json()), { scopes: 'write:orders' })
`,
    'app/page.tsx': `'use client'
import { useEffect, useState } from 'react'
export function Page({ token }: { token: string }) {
  const [orders, setOrders] = useState<object[]>([])
  useEffect(() => {
    fetch('/api/orders', { headers: { Authorization: \`Bearer \${token}\` } }).then(async (answer) => setOrders(await answer.json()))
  }, [token])
  return <p>{orders.length}</p>
}
`,
  },
  'the core behind node:http': {
    'server.mjs': `import { createServer } from 'node:http'
import { answerTo, createResourceServer } from 'sallyport'
const api = createResourceServer()
createServer(async (request, response) => {
  try {
    const auth = await api.authenticate({ method: request.method, url: request.url, headers: request.rawHeaders })
    response.end(JSON.stringify({ user: auth.claims.sub }))
  } catch (error) {
    const { status, headers, body } = answerTo(error, api)
    response.writeHead(status, headers).end(JSON.stringify(body))
  }
}).listen(3000)
`,
  },
}
