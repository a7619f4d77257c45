import type { Starter } from './starter.js'

const text = `import Fastify from 'fastify'
import { createAuth } from 'sallyport/fastify'

// Reads AUTH0_DOMAIN and AUTH0_AUDIENCE, which --env-file has loaded.
const auth0 = createAuth()
const app = Fastify()
app.register(auth0.plugin)

// Everybody.
app.get('/api/public', async () => ({ message: 'hello' }))

// Any valid access token.
app.get('/api/private', { onRequest: auth0.requireAuth() }, async (request) => ({ user: request.auth.claims.sub }))

// Tokens with a scope.
const messages = ['Your token may read this.']

app.get('/api/messages', { onRequest: auth0.requireAuth({ scopes: 'read:messages' }) }, async () => ({ messages }))

app.post('/api/messages', { onRequest: auth0.requireAuth({ scopes: 'write:messages' }) }, async () => {
  messages.push('Your token may write this.')
  return { messages }
})

app.listen({ port: Number(process.env['PORT'] ?? 3000) }, (error, address) => {
  if (error) throw error
  console.log(\`The API listens at \${address}\`)
})
`

export const fastify: Starter = {
  file: 'server.ts',
  text,
  dependencies: ['fastify'],
  devDependencies: ['tsx', 'typescript', '@types/node'],
}
