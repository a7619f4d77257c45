import type { Starter } from './starter.js'

const text = `import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createAuth } from 'sallyport/hono'

// Reads AUTH0_DOMAIN and AUTH0_AUDIENCE, which --env-file has loaded.
const auth0 = createAuth()
const app = new Hono()

// Everybody.
app.get('/api/public', (c) => c.json({ message: 'hello' }))

// Any valid access token.
app.get('/api/private', auth0.requireAuth(), (c) => c.json({ user: c.var.auth.claims.sub }))

// Tokens with a scope.
const messages = ['Your token may read this.']

app.get('/api/messages', auth0.requireAuth({ scopes: 'read:messages' }), (c) => c.json({ messages }))

app.post('/api/messages', auth0.requireAuth({ scopes: 'write:messages' }), (c) => {
  messages.push('Your token may write this.')
  return c.json({ messages })
})

serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000) }, ({ port }) => {
  console.log(\`The API listens at http://localhost:\${port}\`)
})
`

export const hono: Starter = {
  file: 'server.ts',
  text,
  dependencies: ['hono', '@hono/node-server'],
  devDependencies: ['tsx', 'typescript', '@types/node'],
}
