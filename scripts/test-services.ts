// Prevents tests that are skipped for want of a server or a browser: installs what is missing where it may, or names the one command.
import { spawnSync } from 'node:child_process'

const services = [
  { program: 'redis-server', package: 'redis-server' },
  { program: 'nginx', package: 'nginx-light' },
  { program: 'chromium', package: 'chromium' },
]

// Debian keeps servers where an ordinary user's PATH does not look.
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin`, DEBIAN_FRONTEND: 'noninteractive' }

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { env, stdio: 'ignore' }).error === undefined
}

function missingPackages(): readonly string[] {
  return services.filter(({ program }) => !isInstalled(program)).map((service) => service.package)
}

function run(command: string, ...parameters: string[]): boolean {
  return spawnSync(command, parameters, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}

function install(packages: readonly string[]): void {
  const isAllowed =
    process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).error === undefined
  if (!isAllowed) return
  console.error(`The tests need ${packages.join(' and ')}: installing.`)
  if (run('apt-get', 'update', '-qq')) run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages)
}

const missing = missingPackages()
if (missing.length > 0) install(missing)
const stillMissing = missingPackages()
if (stillMissing.length > 0) {
  console.error(`The tests run against real servers and a real browser. Install them with:

  sudo apt-get install -y ${stillMissing.join(' ')}

or on macOS with: brew install redis nginx && brew install --cask chromium, and CHROMIUM_PATH set to its program`)
  process.exit(1)
}
