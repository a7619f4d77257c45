import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createCertificate } from './certificate.js'
import { unusedPort } from './hostile-server.js'

/** A real nginx on a loopback port, in a folder of its own. */
export interface Nginx {
  readonly port: number
  /** The certificate that it shows, for `localhost`. */
  readonly cert: string
  close(): Promise<void>
}

export interface NginxOptions {
  /** The `server` blocks for this port. The certificate lies beside the configuration as `cert.pem`, its key as `key.pem`. */
  servers(port: number): string
  /** Where `nginx` is looked for. Default: `PATH`, and where Debian puts it. */
  readonly searchPath?: string
}

/** What makes it run in the foreground, for anyone, without a trace outside its folder. */
function configuration(servers: string): string {
  return `daemon off;
master_process off;
pid nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
${servers}
}
`
}

const attempts = 3

/** @throws when there is no nginx: these tests are not skipped. */
export async function startNginx({ servers, searchPath = defaultSearchPath() }: NginxOptions): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-nginx-'))
  const { cert, key } = createCertificate({ host: 'localhost' })
  await writeFile(join(folder, 'cert.pem'), cert)
  await writeFile(join(folder, 'key.pem'), key)

  async function start(attempt: number): Promise<Pick<Nginx, 'port' | 'close'>> {
    const port = await unusedPort()
    await writeFile(join(folder, 'nginx.conf'), configuration(servers(port)))
    const running = await run(folder, searchPath)
    try {
      await running.untilListening(port)
      return { port, close: running.close }
    } catch (error) {
      await running.close()
      // Between the choice of a port and its use another process may take it.
      if (attempt < attempts && String(error).includes('Address already in use')) return start(attempt + 1)
      throw error
    }
  }

  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const { port, close } = await start(1)
    return { port, cert, close: () => close().finally(remove) }
  } catch (error) {
    await remove()
    throw error
  }
}

function defaultSearchPath(): string {
  return `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin`
}

interface Running {
  untilListening(port: number): Promise<void>
  close(): Promise<void>
}

async function run(folder: string, searchPath: string): Promise<Running> {
  const parameters = ['-p', `${folder}/`, '-c', 'nginx.conf', '-e', 'stderr']
  const child = spawn('nginx', parameters, { env: { PATH: searchPath }, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  await spawned(child)
  const exit = once(child, 'exit')
  // A test run that is cut short must not leave a server behind.
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  return {
    untilListening: async (port) => {
      const end = performance.now() + 10_000
      while (!(await isListening(port))) {
        if (child.exitCode !== null || performance.now() > end) throw new Error(`nginx does not run: ${said}`)
        await wait(20)
      }
    },
    close: async () => {
      process.off('exit', kill)
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await exit
    },
  }
}

async function spawned(child: ChildProcess): Promise<void> {
  try {
    await once(child, 'spawn')
  } catch (cause) {
    throw new Error('There is no nginx, which `npm test` needs for the proxy tests: apt-get install nginx-light', {
      cause,
    })
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
