import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module.js'

const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] })
await app.listen(Number(process.env['PORT'] ?? 3000))
console.log(`The API listens at ${await app.getUrl()}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close())
