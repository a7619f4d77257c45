import express from 'express'

const notes = new Map([['1', { id: '1', text: 'Buy milk' }]])
const app = express()

app.use(express.json())
app.get('/health', (_req, res) => void res.json({ status: 'ok' }))

const router = express.Router()
router.get('/', (_req, res) => void res.json([...notes.values()]))
router.post('/', (req, res) => {
  const note = { id: String(notes.size + 1), text: req.body.text as string }
  notes.set(note.id, note)
  res.status(201).json(note)
})
router.delete('/:id', (req, res) => {
  notes.delete(req.params.id)
  res.status(204).end()
})
app.use('/notes', router)

app.listen(Number(process.env.PORT ?? 3000))
