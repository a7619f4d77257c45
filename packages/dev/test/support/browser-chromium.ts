import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/** @throws {Error} that tells how to install Chromium, where it is missing. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(`This test runs in a real browser, and there is none at ${executablePath}. Install it with:

  sudo apt-get install -y chromium

or name another one with CHROMIUM_PATH.`)
  // The sandbox does not start for root, which containers are.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}
