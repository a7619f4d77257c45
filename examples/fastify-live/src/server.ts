import { createApp } from './app.js'

const app = await createApp()
const address = await app.listen({ port: Number(process.env['PORT'] ?? 3000) })
console.log(`The API listens at ${address}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close())
