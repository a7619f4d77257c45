import { setImmediate } from 'node:timers/promises'
import { createTenant } from '../../src/index.js'

/** A tenant that changes all the time, until its process is killed. Every change is of two entities that belong together. */
const [folder = ''] = process.argv.slice(2)
const { state } = await createTenant('https://tenant.test/', { persist: folder })
const settings = state.settings.get()
const filler = 'x'.repeat(200_000)
for (let count = Number(settings.support_email) + 1; ; count += 1) {
  state.roles.put({ id: 'rol_restless', name: String(count), description: filler, permissions: [] })
  state.settings.set({ ...settings, support_email: String(count) })
  await setImmediate()
}
