import type { Starter } from './starter.js'

const text = `import express from 'express'
import { createAuth } from 'sallyport/express'

// Reads AUTH0_DOMAIN and AUTH0_AUDIENCE, which --env-file has loaded.
const auth0 = createAuth()
const app = express()

// Everybody.
app.get('/api/public', (_req, res) => void res.json({ message: 'hello' }))

// Any valid access token.
app.get('/api/private', auth0.requireAuth(), (req, res) => void res.json({ user: req.auth.claims.sub }))

// Tokens with a scope.
const messages = ['Your token may read this.']

app.get('/api/messages', auth0.requireAuth({ scopes: 'read:messages' }), (_req, res) => void res.json({ messages }))

app.post('/api/messages', auth0.requireAuth({ scopes: 'write:messages' }), (_req, res) => {
  messages.push('Your token may write this.')
  res.json({ messages })
})

// Behind the routes: it answers what a check in a handler refuses.
app.use(auth0.errorHandler)

const port = Number(process.env['PORT'] ?? 3000)
app.listen(port, (error) => {
  if (error) throw error
  console.log(\`The API listens at http://localhost:\${port}\`)
})
`

export const express: Starter = {
  file: 'server.ts',
  text,
  dependencies: ['express'],
  devDependencies: ['tsx', 'typescript', '@types/node', '@types/express'],
}
