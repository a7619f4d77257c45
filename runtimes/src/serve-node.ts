// Serves the contract's app on the Node that runs this file.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createApp } from './apps.ts'

const { app, options } = JSON.parse(process.env['STACK'] ?? '{}')
const server = createServer(getRequestListener(createApp(app, options)))
server.listen(0, '127.0.0.1', () => console.log(`listens at ${(server.address() as AddressInfo).port}`))
