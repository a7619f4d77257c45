import Fastify from 'fastify'

const notes = new Map([['1', { id: '1', text: 'Buy milk' }]])
const app = Fastify()

app.get('/health', async () => ({ status: 'ok' }))
app.get('/notes', async () => [...notes.values()])
app.post<{ Body: { text: string } }>('/notes', async (request, reply) => {
  const note = { id: String(notes.size + 1), text: request.body.text }
  notes.set(note.id, note)
  return reply.code(201).send(note)
})
app.delete<{ Params: { id: string } }>('/notes/:id', async (request, reply) => {
  notes.delete(request.params.id)
  return reply.code(204).send()
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })
