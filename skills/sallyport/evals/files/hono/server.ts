import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const notes = new Map([['1', { id: '1', text: 'Buy milk' }]])

const api = new Hono()
  .get('/', (c) => c.json([...notes.values()]))
  .post('/', async (c) => {
    const { text } = await c.req.json<{ text: string }>()
    const note = { id: String(notes.size + 1), text }
    notes.set(note.id, note)
    return c.json(note, 201)
  })
  .delete('/:id', (c) => {
    notes.delete(c.req.param('id'))
    return c.body(null, 204)
  })

const app = new Hono().get('/health', (c) => c.json({ status: 'ok' })).route('/notes', api)

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
