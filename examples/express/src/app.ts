import express, { type Express } from 'express'
import { createAuth } from 'sallyport/express'

/** The smallest real API: a public, a private, two scoped routes, and one that wants a permission. */
export function createApp(): Express {
  const auth0 = createAuth()
  const app = express()

  app.get('/api/public', (_req, res) => void res.json({ message: 'hello' }))

  app.get('/api/private', auth0.requireAuth(), (req, res) => void res.json({ user: req.auth.claims.sub }))

  app.get('/api/messages', auth0.requireAuth({ scopes: 'read:messages' }), (_req, res) => {
    res.json({ messages: ['Your token may read this.'] })
  })

  app.post('/api/data', auth0.requireAuth({ scopes: ['read:data', 'write:data'] }), (_req, res) => {
    res.json({ created: true })
  })

  app.delete('/api/data', auth0.requireAuth({ permissions: 'delete:data' }), (_req, res) => {
    res.json({ deleted: true })
  })

  app.use(auth0.errorHandler)
  return app
}
