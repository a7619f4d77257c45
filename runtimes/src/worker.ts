// Serves the contract's app on workerd. A Worker learns its settings with its first request.
import { type App, createApp } from './apps.ts'

let app: App | undefined

const worker = {
  fetch(request: Request, { STACK }: { readonly STACK: string }): Response | Promise<Response> {
    const { app: name, options } = JSON.parse(STACK)
    app ??= createApp(name, options)
    return app(request)
  },
}

export default worker
