// Serves the contract's app on Deno.
import { createApp } from './apps.ts'

declare const Deno: {
  readonly env: { get(name: string): string | undefined }
  serve(
    options: { hostname: string; port: number; onListen(address: { readonly port: number }): void },
    handler: ReturnType<typeof createApp>,
  ): unknown
}

const { app, options } = JSON.parse(Deno.env.get('STACK') ?? '{}')
const onListen = ({ port }: { readonly port: number }) => console.log(`listens at ${port}`)
Deno.serve({ hostname: '127.0.0.1', port: 0, onListen }, createApp(app, options))
