import type { AddressInfo } from 'node:net'
import { createApp } from './app.js'

const server = createApp().listen(Number(process.env['PORT'] ?? 3000), () => {
  console.log(`The API listens at http://localhost:${(server.address() as AddressInfo).port}`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close())
