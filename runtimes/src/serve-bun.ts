// Serves the contract's app on Bun.
import { createApp } from './apps.ts'

declare const Bun: {
  serve(options: { hostname: string; port: number; fetch: ReturnType<typeof createApp> }): { readonly port: number }
}

const { app, options } = JSON.parse(process.env['STACK'] ?? '{}')
const { port } = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: createApp(app, options) })
console.log(`listens at ${port}`)
