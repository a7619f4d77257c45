import { Hono } from 'hono'
import { createAuth } from 'sallyport/hono'

const auth0 = createAuth()

/** The smallest real API: a public, a private, two scoped routes, and one that wants a permission. */
export const app: Hono = new Hono()

app.get('/api/public', (c) => c.json({ message: 'hello' }))

app.get('/api/private', auth0.requireAuth(), (c) => c.json({ user: c.var.auth.claims.sub }))

app.get('/api/messages', auth0.requireAuth({ scopes: 'read:messages' }), (c) =>
  c.json({ messages: ['Your token may read this.'] }),
)

app.post('/api/data', auth0.requireAuth({ scopes: ['read:data', 'write:data'] }), (c) => c.json({ created: true }))

app.delete('/api/data', auth0.requireAuth({ permissions: 'delete:data' }), (c) => c.json({ deleted: true }))
